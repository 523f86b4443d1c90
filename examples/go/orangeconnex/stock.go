package orangeconnex

import (
	"net/http"
	"time"
)

const (
	skusACall     = 50                           // of a query of movements; no limit is documented
	longestWindow = 7*24*time.Hour - time.Second // "less than 7 days", say the pages
)

// StockRow is the stock of a SKU in a region.
type StockRow struct {
	MFSKUID           string `json:"MFSKUID"`
	ServiceRegion     string `json:"serviceRegion"`
	Available         int    `json:"available"`
	InTransit         int    `json:"inTransit"`
	ReservedAllocated int    `json:"reservedAllocated"`
}

// Movement is one change of one bucket of stock.
type Movement struct {
	MFSKUID, ServiceRegion, InventoryStatus string `json:"-"`

	Quantity    int    `json:"quantity"` // negative when pieces leave the bucket
	ActualCount int    `json:"actualCount"`
	Reason      string `json:"reason"`
	OrderNumber string `json:"orderNumber"`
	UpdateTime  string `json:"updateTime"`
}

// Snapshot gives all stock. There is no total: the last page is the one that is not full.
func (c *Client) Snapshot(pageSize int) ([]StockRow, error) {
	var rows []StockRow
	for page := 1; ; page++ {
		var data struct{ SKUList []StockRow }
		err := c.read(http.MethodPost, "/3pp/inventory/v2/snapshot", map[string]any{
			"skuList": []string{}, "serviceRegionList": []string{}, "pageNumber": page, "pageSize": pageSize,
		}, &data)
		if err != nil {
			return nil, err
		}
		rows = append(rows, data.SKUList...)
		if len(data.SKUList) < pageSize {
			return rows, nil
		}
	}
}

// Movements gives every movement of the SKUs between two times, both inside.
func (c *Client) Movements(skuIDs []string, start, end time.Time) ([]Movement, error) {
	var found []Movement
	for _, some := range batches(skuIDs, skusACall) {
		list := make([]map[string]string, len(some))
		for at, skuID := range some {
			list[at] = map[string]string{"mfSkuId": skuID}
		}
		for _, window := range windows(start, end) {
			rows, err := c.movements(map[string]any{
				"mfSkuList": list, "startTime": wireTime(window[0]), "endTime": wireTime(window[1]),
			})
			if err != nil {
				return nil, err
			}
			found = append(found, rows...)
		}
	}
	return found, nil
}

func (c *Client) movements(question any) (found []Movement, err error) {
	var skus []struct {
		MFSKUID           string
		ServiceRegionList []struct {
			ServiceRegion string
			InventoryList []struct {
				InventoryStatus string
				MovementList    []Movement
			}
		}
	}
	err = c.read(http.MethodPost, "/3pp/inventory/v1/movement", question, &skus)
	for _, sku := range skus {
		for _, region := range sku.ServiceRegionList {
			for _, bucket := range region.InventoryList {
				for _, each := range bucket.MovementList {
					each.MFSKUID, each.ServiceRegion, each.InventoryStatus =
						sku.MFSKUID, region.ServiceRegion, bucket.InventoryStatus
					found = append(found, each)
				}
			}
		}
	}
	return found, err
}

// windows are shorter than 7 days. Both ends belong to a window, so that the next starts a second later.
func windows(start, end time.Time) (pieces [][2]time.Time) {
	for ; !start.After(end); start = start.Add(longestWindow + time.Second) {
		last := start.Add(longestWindow)
		if last.After(end) {
			last = end
		}
		pieces = append(pieces, [2]time.Time{start, last})
	}
	return pieces
}

// wireTime is such as 2024-07-20T10:10:10+0800: the zone has no colon, and must be there.
func wireTime(moment time.Time) string {
	return moment.UTC().Format("2006-01-02T15:04:05-0700")
}
