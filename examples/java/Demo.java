import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Places an order for each SKU id given, cancels the first, reads the stock and its movements of 30 days. */
public final class Demo {
    private static final String REGION = "UK";
    // Whatever the machine's language: messages of the API are in Chinese.
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

    public static void main(String[] words) {
        List<String> skuIds = words.length > 0 ? List.of(words) : List.of("OC0000250380015", "OC0000250380015");
        try {
            System.exit(demo(OcClient.fromEnvironment(), skuIds));
        } catch (OcClient.Refused | OcClient.Unclear error) {
            ERR.println(error.getClass().getSimpleName() + ": " + error.getMessage());
            System.exit(1);
        }
    }

    private static int demo(OcClient oc, List<String> skuIds) {
        List<String> services = oc.services(REGION);
        OUT.printf("services %d in %s%n", services.size(), REGION);

        long run = System.currentTimeMillis(); // in real life: the number that the order has in your database
        List<Map<String, Object>> orders = new ArrayList<>();
        for (String skuId : skuIds) {
            orders.add(anOrder("DEMO-" + run + "-" + (orders.size() + 1), skuId, services.get(0)));
        }
        List<String> placed = new ArrayList<>();
        for (OcClient.Outcome each : oc.placeOrders(orders)) {
            if (each.orderNumber() != null) {
                placed.add(each.orderNumber());
                OUT.println("placed " + each.reference() + " " + each.orderNumber());
            } else if (each.error() != null) {
                OUT.println("refused " + each.reference() + " " + each.error());
            } else {
                OUT.println("unclear " + each.reference() + ": look it up before you place it again");
            }
        }
        if (!placed.isEmpty()) {
            oc.cancel(placed.get(0), "the buyer changed his mind");
            OUT.println("cancelled " + placed.get(0));
        }

        String pageSize = System.getenv().getOrDefault("OC_PAGE_SIZE", "200");
        List<Map<String, Object>> stock = oc.snapshot(Integer.parseInt(pageSize));
        OUT.printf("stock %d rows%n", stock.size());
        List<String> held = stock.stream().map(row -> (String) row.get("MFSKUID")).distinct().toList();
        Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        OUT.printf("movements %d in 30 days%n", oc.movements(held, end.minus(Duration.ofDays(30)), end).size());
        return placed.size() == skuIds.size() ? 0 : 1;
    }

    private static Map<String, Object> anOrder(String reference, String skuId, String service) {
        return Map.of(
                "referenceNumber", reference,
                "orderPlatform", "OTHERS",
                "serviceRegion", REGION,
                "shippingServiceCode", service,
                "consigneeName", "Zoë Example",
                "consigneeAddress1", "1 Example Road",
                "consigneeCity", "Brighton",
                "consigneeCountryCode", "GB",
                "consigneeZipCode", "BN2 5ES",
                "productList", List.of(Map.of("MFSKUID", skuId, "SKUQuantity", 1)));
    }
}
