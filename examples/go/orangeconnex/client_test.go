package orangeconnex

import (
	"reflect"
	"testing"
	"time"
)

const (
	key    = "11111111-1111-1111-1111-111111111111"
	secret = "22222222-2222-2222-2222-222222222222"
)

func TestTheSignatureIsOverPathBodyAndBothKeys(t *testing.T) {
	path := "/openapi/3pp/sku/v3/query"
	for body, want := range map[string]string{
		`{"data":{"page":1,"limit":200}}`: "0e785d9dc29d2766d1efee569bff0de6",
		"":                                "673279360752c8c14fdd93795423b47e",
	} {
		if got := Signature(path, []byte(body), key, secret); got != want {
			t.Errorf("signature of %q: %s, want %s", body, got, want)
		}
	}
}

func TestWindowsLeaveNoSecondOutAndHaveNoneTwice(t *testing.T) {
	start := time.Unix(0, 0)
	week := start.Add(7 * 24 * time.Hour)
	want := [][2]time.Time{{start, week.Add(-time.Second)}, {week, week}}
	if got := windows(start, week); !reflect.DeepEqual(got, want) {
		t.Error(got)
	}
}

func TestABatchIsNeverTooLarge(t *testing.T) {
	if got := batches([]int{1, 2, 3}, 2); !reflect.DeepEqual(got, [][]int{{1, 2}, {3}}) {
		t.Error(got)
	}
}

func TestATimeBearsItsZoneWithoutAColon(t *testing.T) {
	if got := wireTime(time.Unix(0, 0)); got != "1970-01-01T00:00:00+0000" {
		t.Error(got)
	}
}
