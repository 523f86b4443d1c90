package orangeconnex

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const ordersACall = 50 // documented

// Order is what the documentation requires, and a few more of its fields.
type Order struct {
	ReferenceNumber      string    `json:"referenceNumber"`
	OrderPlatform        string    `json:"orderPlatform"`
	ServiceRegion        string    `json:"serviceRegion"`
	ShippingServiceCode  string    `json:"shippingServiceCode"`
	ConsigneeName        string    `json:"consigneeName"`
	ConsigneeAddress1    string    `json:"consigneeAddress1"`
	ConsigneeCity        string    `json:"consigneeCity"`
	ConsigneeCountryCode string    `json:"consigneeCountryCode"`
	ConsigneeZipCode     string    `json:"consigneeZipCode"`
	ProductList          []Product `json:"productList"`
}

// Product is a line of an order.
type Product struct {
	MFSKUID     string `json:"MFSKUID"`
	SKUQuantity int    `json:"SKUQuantity"`
}

// Outcome is what became of an order: it has an order number, or an error, or nobody knows (neither of them).
type Outcome struct{ Reference, OrderNumber, Error string }

type orderRow struct {
	ReferenceNumber string `json:"referenceNumber"`
	OrderNumber     string `json:"orderNumber"`
	OrderStatus     string `json:"orderStatus"`
}

// Services gives the codes of the shipping services of a region.
func (c *Client) Services(region string) ([]string, error) {
	var rows []struct {
		ServiceRegion string `json:"serviceRegion"`
		ProductList   []struct {
			ShippingServiceCode string `json:"shippingServiceCode"`
		} `json:"productList"`
	}
	if err := c.read(http.MethodGet, "/3pp/base/v1/service", nil, &rows); err != nil {
		return nil, err
	}
	var codes []string
	for _, row := range rows {
		for _, product := range row.ProductList {
			if row.ServiceRegion == region {
				codes = append(codes, product.ShippingServiceCode)
			}
		}
	}
	return codes, nil
}

// PlaceOrders places each order once, and tells of each what became of it. Reference numbers must be unique, now and
// for ever.
func (c *Client) PlaceOrders(orders []Order) ([]Outcome, error) {
	var outcomes []Outcome
	seen := map[string]bool{}
	for _, order := range orders {
		if seen[order.ReferenceNumber] {
			return nil, fmt.Errorf("reference number %s stands twice", order.ReferenceNumber)
		}
		seen[order.ReferenceNumber] = true
	}
	for _, batch := range batches(orders, ordersACall) {
		settled := c.placeBatch(batch)
		for _, order := range batch {
			outcome := settled[order.ReferenceNumber]
			outcome.Reference = order.ReferenceNumber
			outcomes = append(outcomes, outcome)
		}
	}
	return outcomes, nil
}

func (c *Client) placeBatch(waiting []Order) map[string]Outcome {
	settled := map[string]Outcome{}
	for _, pause := range pauses {
		c.placeOnce(waiting, settled)
		if waiting = without(waiting, settled); len(waiting) == 0 {
			break
		}
		// Nobody has said what became of these, and to place them again without a look would double them.
		time.Sleep(pause)
		found, err := c.FindOrders(references(waiting))
		if err != nil {
			break
		}
		for reference, number := range found {
			settled[reference] = Outcome{OrderNumber: number}
		}
		if waiting = without(waiting, settled); len(waiting) == 0 {
			break
		}
	}
	return settled
}

// placeOnce makes one attempt, and writes down what it tells of each order; an order that it does not speak of is left
// out.
func (c *Client) placeOnce(orders []Order, settled map[string]Outcome) {
	answered, err := c.call(http.MethodPost, "/3pp/outbound/v1/creation", orders)
	if unclear(err) {
		return
	}
	var rows []orderRow
	whole := ""
	switch {
	case err != nil:
		whole = err.Error()
	case len(answered.Data) > 0 && json.Unmarshal(answered.Data, &rows) != nil:
		return
	case answered.failed():
		whole = answered.reason()
	}
	told := false
	for _, row := range rows {
		settled[row.ReferenceNumber] = Outcome{OrderNumber: row.OrderNumber}
		told = true
	}
	if answered != nil {
		for _, each := range answered.Errors {
			reference := each.ReferenceNumber
			if reference == "" {
				reference = each.ID
			}
			if reference != "" {
				settled[reference] = Outcome{Error: each.Code + " " + each.Message}
				told = true
			}
		}
	}
	if whole != "" && !told { // the call itself was at fault, and no order of it was taken on
		for _, order := range orders {
			settled[order.ReferenceNumber] = Outcome{Error: whole}
		}
	}
}

// FindOrders gives the order numbers of those that exist, by reference number; at most 1000 at a time.
func (c *Client) FindOrders(references []string) (map[string]string, error) {
	list := make([]map[string]string, len(references))
	for at, reference := range references {
		list[at] = map[string]string{"referenceNumber": reference}
	}
	rows, err := c.query(map[string]any{"referenceNumberList": list})
	found := map[string]string{}
	for _, row := range rows {
		found[row.ReferenceNumber] = row.OrderNumber
	}
	return found, err
}

// Cancel stops an order. It is refused once the order is picked.
func (c *Client) Cancel(orderNumber, why string) error {
	for _, pause := range pauses {
		answered, err := c.call(http.MethodPost, "/3pp/outbound/v1/cancel", map[string]string{
			"orderNumber": orderNumber, "cancelReason": why, "cancelTime": wireTime(time.Now()),
		})
		if err == nil && answered.failed() {
			return &Refused{answered.reason()}
		}
		if !unclear(err) {
			return err
		}
		time.Sleep(pause)
		rows, err := c.query(map[string]any{"orderNumberList": []map[string]string{{"orderNumber": orderNumber}}})
		if err != nil {
			return err
		}
		if len(rows) == 1 && rows[0].OrderStatus == "Cancelled" {
			return nil
		}
	}
	return &Unclear{"the cancellation of " + orderNumber}
}

func (c *Client) query(question any) (rows []orderRow, err error) {
	err = c.read(http.MethodPost, "/3pp/outbound/v2/query", question, &rows)
	return rows, err
}

func references(orders []Order) []string {
	numbers := make([]string, len(orders))
	for at, order := range orders {
		numbers[at] = order.ReferenceNumber
	}
	return numbers
}

func without(orders []Order, settled map[string]Outcome) []Order {
	var rest []Order
	for _, order := range orders {
		if _, known := settled[order.ReferenceNumber]; !known {
			rest = append(rest, order)
		}
	}
	return rest
}

// batches gives the items, at most so many at a time.
func batches[T any](items []T, size int) (some [][]T) {
	for len(items) > size {
		some, items = append(some, items[:size]), items[size:]
	}
	if len(items) > 0 {
		some = append(some, items)
	}
	return some
}
