using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using OrangeConnex;

/// <summary>Places an order for each SKU id given, cancels the first, reads the stock and its movements of 30 days.</summary>
public static class Demo
{
    private const string Region = "UK";

    public static int Main(string[] words)
    {
        // Whatever the machine's language: messages of the API are in Chinese.
        var utf8 = new UTF8Encoding(false);
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true });
        Console.SetError(new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true });
        try
        {
            using (var oc = OcClient.FromEnvironment())
                return Run(oc, words.Length > 0 ? words : new[] { "OC0000250380015", "OC0000250380015" }).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is Refused || error is Unclear)
        {
            Console.Error.WriteLine(error.GetType().Name + ": " + error.Message);
            return 1;
        }
    }

    private static async Task<int> Run(OcClient oc, string[] skuIds)
    {
        var services = await oc.Services(Region);
        Console.WriteLine("services {0} in {1}", services.Count, Region);

        var run = DateTime.UtcNow.Ticks; // in real life: the number that the order has in your database
        var orders = skuIds.Select((skuId, at) => AnOrder("DEMO-" + run + "-" + (at + 1), skuId, services[0])).ToList();
        var placed = new List<string>();
        foreach (var each in await oc.PlaceOrders(orders))
        {
            if (each.OrderNumber != null)
            {
                placed.Add(each.OrderNumber);
                Console.WriteLine("placed {0} {1}", each.Reference, each.OrderNumber);
            }
            else if (each.Error != null)
                Console.WriteLine("refused {0} {1}", each.Reference, each.Error);
            else
                Console.WriteLine("unclear {0}: look it up before you place it again", each.Reference);
        }
        if (placed.Count > 0)
        {
            await oc.Cancel(placed[0], "the buyer changed his mind");
            Console.WriteLine("cancelled {0}", placed[0]);
        }

        int pageSize;
        if (!int.TryParse(Environment.GetEnvironmentVariable("OC_PAGE_SIZE"), out pageSize)) pageSize = 200;
        var stock = await oc.Snapshot(pageSize);
        Console.WriteLine("stock {0} rows", stock.Count);
        var now = DateTime.UtcNow;
        var end = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var movements = await oc.Movements(stock.Select(row => row.MFSKUID).Distinct(), end.AddDays(-30), end);
        Console.WriteLine("movements {0} in 30 days", movements.Count);
        return placed.Count == skuIds.Length ? 0 : 1;
    }

    private static Order AnOrder(string reference, string skuId, string service)
    {
        return new Order
        {
            referenceNumber = reference,
            orderPlatform = "OTHERS",
            serviceRegion = Region,
            shippingServiceCode = service,
            consigneeName = "Zoë Example",
            consigneeAddress1 = "1 Example Road",
            consigneeCity = "Brighton",
            consigneeCountryCode = "GB",
            consigneeZipCode = "BN2 5ES",
            productList = new List<Product> { new Product { MFSKUID = skuId, SKUQuantity = 1 } },
        };
    }
}
