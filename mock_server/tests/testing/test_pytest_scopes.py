"""How long the sandboxes of a test, and of fixtures of wider scope, live."""

import json
import re
import textwrap

import pytest

pytest_plugins = ["pytester"]
QUIET = ("-p", "no:randomly", "-p", "no:cacheprovider")


def test_every_sandbox_of_a_test_lives_until_its_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_many(oc_sandbox_factory):
            made = [oc_sandbox_factory(real_port=True) for _ in range(5)]
            assert len({sandbox.describe()["client_key"] for sandbox in made}) == 5
        """
    )
    pytester.runpytest(*QUIET).assert_outcomes(passed=1)


def test_a_sandbox_of_a_module_serves_all_its_tests_and_heeds_no_marker_of_theirs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from oc_sandbox.testing import fresh_sandbox

        @pytest.fixture(scope="module", params=[False, True])
        def shared(request):
            with fresh_sandbox(real_port=request.param) as sandbox:
                yield sandbox
                assert sandbox.calls

        def call(sandbox):
            from oc_sandbox.call import Call

            sample = sandbox.sample("stock_snapshot_v2")
            headers = {name.lower(): value for name, value in sample.headers.items()}
            sandbox.send(Call("POST", sample.path, headers, sample.body))

        @pytest.mark.oc(auth="open")
        def test_first(shared, oc_sandbox):
            call(shared)
            assert (shared.describe()["auth"], oc_sandbox.describe()["auth"]) == ("strict", "open")

        def test_second(shared):
            call(shared)
            assert len(shared.calls) == 3
        """
    )
    ran = pytester.runpytest(*QUIET, "--oc-report=told.json")
    ran.assert_outcomes(passed=2, failed=2)
    assert ran.stdout.str().count(" oc-sandbox journal of ") == 2
    told = json.loads((pytester.path / "told.json").read_text(encoding="utf-8"))
    assert told["operations"] == {"stock_snapshot_v2": 4}
    assert sum(test["tenants"] for test in told["tests"]) == 4


@pytest.mark.parametrize(
    ("fixture", "scope"),
    [
        ("oc_sandbox", "session"),
        ("oc_server", "package"),
        ("oc_intercepted", "module"),
        ("oc_respx", "class"),
        ("oc_sandbox_factory", "module"),
    ],
)
def test_a_fixture_of_wider_scope_that_asks_for_a_tests_own_is_told_what_to_write(
    fixture: str, scope: str, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.fixture(scope="{scope}")
        def shop({fixture}):
            return {fixture}

        @pytest.fixture(scope="{scope}")
        def late(request):
            return request.getfixturevalue("{fixture}")

        def test_it(shop): pass
        def test_that_asks_late(late): pass
        """
    )
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(errors=2)
    told = re.findall(
        rf'\n{fixture} gives .*? scope "{scope}".*?\n\n(    import pytest\n.*?\n)\n?(?=[^ \n])',
        ran.stdout.str(),
        re.DOTALL,
    )
    assert len(told) == 2
    pytester.makepyfile(textwrap.dedent(told[0]) + "\n\ndef test_it(shop):\n    assert shop.stock()\n")
    pytester.runpytest(*QUIET, "-W", "error").assert_outcomes(passed=1)


def test_another_plugins_fixture_of_the_same_kind_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def shop(tmp_path): pass

        def test_it(shop): pass
        """
    )
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(errors=1)
    ran.stdout.no_fnmatch_line("*fresh_sandbox*")
