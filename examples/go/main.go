// Places an order for each SKU id given, cancels the first, reads the stock and its movements of 30 days.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"example.invalid/oc/orangeconnex"
)

const region = "UK"

func main() {
	skuIDs := os.Args[1:]
	if len(skuIDs) == 0 {
		skuIDs = []string{"OC0000250380015", "OC0000250380015"}
	}
	placed, err := demo(orangeconnex.FromEnvironment(), skuIDs)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || placed < len(skuIDs) {
		os.Exit(1)
	}
}

func demo(oc *orangeconnex.Client, skuIDs []string) (placed int, err error) {
	services, err := oc.Services(region)
	if err != nil {
		return 0, err
	}
	fmt.Printf("services %d in %s\n", len(services), region)

	run := time.Now().UnixMilli() // in real life: the number that the order has in your database
	orders := make([]orangeconnex.Order, len(skuIDs))
	for at, skuID := range skuIDs {
		orders[at] = anOrder(fmt.Sprintf("DEMO-%d-%d", run, at+1), skuID, services[0])
	}
	outcomes, err := oc.PlaceOrders(orders)
	if err != nil {
		return 0, err
	}
	first := ""
	for _, each := range outcomes {
		switch {
		case each.OrderNumber != "":
			fmt.Println("placed", each.Reference, each.OrderNumber)
			if placed++; first == "" {
				first = each.OrderNumber
			}
		case each.Error != "":
			fmt.Println("refused", each.Reference, each.Error)
		default:
			fmt.Printf("unclear %s: look it up before you place it again\n", each.Reference)
		}
	}
	if first != "" {
		if err := oc.Cancel(first, "the buyer changed his mind"); err != nil {
			return placed, err
		}
		fmt.Println("cancelled", first)
	}
	return placed, readStock(oc)
}

func readStock(oc *orangeconnex.Client) error {
	pageSize, err := strconv.Atoi(os.Getenv("OC_PAGE_SIZE"))
	if err != nil {
		pageSize = 200
	}
	stock, err := oc.Snapshot(pageSize)
	if err != nil {
		return err
	}
	fmt.Printf("stock %d rows\n", len(stock))

	var held []string
	seen := map[string]bool{}
	for _, row := range stock {
		if !seen[row.MFSKUID] {
			seen[row.MFSKUID] = true
			held = append(held, row.MFSKUID)
		}
	}
	end := time.Now().Truncate(time.Second)
	movements, err := oc.Movements(held, end.AddDate(0, 0, -30), end)
	if err != nil {
		return err
	}
	fmt.Printf("movements %d in 30 days\n", len(movements))
	return nil
}

func anOrder(reference, skuID, service string) orangeconnex.Order {
	return orangeconnex.Order{
		ReferenceNumber:      reference,
		OrderPlatform:        "OTHERS",
		ServiceRegion:        region,
		ShippingServiceCode:  service,
		ConsigneeName:        "Zoë Example",
		ConsigneeAddress1:    "1 Example Road",
		ConsigneeCity:        "Brighton",
		ConsigneeCountryCode: "GB",
		ConsigneeZipCode:     "BN2 5ES",
		ProductList:          []orangeconnex.Product{{MFSKUID: skuID, SKUQuantity: 1}},
	}
}
