"""No test passes that was about to call a vendor."""

import pytest

pytest_plugins = ["pytester"]


def test_a_call_that_nobody_noticed_fails_its_test_all_the_same(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket
        import threading

        def call():
            try:
                socket.getaddrinfo("openapi-hk.orangeconnex.com", 443)
            except BaseException:
                pass

        def test_swallowed():
            call()

        def test_in_a_thread():
            thread = threading.Thread(target=call)
            thread.start()
            thread.join()

        def test_of_none():
            pass
        """
    )
    ran = pytester.runpytest("-p", "no:randomly", "-p", "no:cacheprovider")
    ran.assert_outcomes(failed=2, passed=1)
    ran.stdout.fnmatch_lines(["*about to call openapi-hk.orangeconnex.com, the vendor's own host*oc_intercepted*"])
