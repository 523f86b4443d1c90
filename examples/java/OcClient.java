import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** A client of OrangeConnex's eBay fulfillment openAPI: the start of your own. Java 17 or newer, no libraries. */
public final class OcClient {
    private static final int ORDERS_A_CALL = 50; // documented
    private static final int SKUS_A_CALL = 50; // of a query of movements; no limit is documented
    private static final Duration LONGEST_WINDOW = Duration.ofDays(7).minusSeconds(1); // "less than 7 days"
    private static final Duration RENEW_BEFORE = Duration.ofSeconds(60);
    private static final long[] PAUSES_MS = {500, 1000, 2000};
    // The zone has no colon, and must be there: 2024-07-20T10:10:10+0000.
    private static final DateTimeFormatter WIRE_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx").withZone(ZoneOffset.UTC);

    /** The API said no; the same call again will get the same answer. */
    public static final class Refused extends RuntimeException {
        Refused(String reason) {
            super(reason);
        }
    }

    /** No answer, or none that can be read: the call may have been carried out, or not. */
    public static final class Unclear extends RuntimeException {
        Unclear(String reason) {
            super(reason);
        }
    }

    /** What became of an order: it has an order number, or an error, or nobody knows (neither of them). */
    public record Outcome(String reference, String orderNumber, String error) {}

    public record Settings(
            String baseUrl, String oauthUrl, String clientKey, String secretKey, boolean signsBody, Duration timeout) {}

    private final Settings settings;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private String refreshToken;
    private String accessToken;
    private Instant renewAt = Instant.MAX; // of a token that was given nobody knows the age

    public OcClient(Settings settings, String refreshToken, String accessToken) {
        this.settings = settings;
        this.refreshToken = refreshToken;
        this.accessToken = accessToken;
    }

    public static OcClient fromEnvironment() {
        Map<String, String> env = System.getenv();
        long timeoutMs = Math.round(1000 * Double.parseDouble(env.getOrDefault("OC_TIMEOUT_S", "20")));
        Settings settings = new Settings(
                env.get("OC_BASE_URL"),
                env.get("OC_OAUTH_URL"),
                env.get("OC_CLIENT_KEY"),
                env.get("OC_SECRET_KEY"),
                !"stage".equals(env.get("OC_SIGNING")), // the vendor's stage signs an empty body
                Duration.ofMillis(timeoutMs));
        return new OcClient(
                settings, env.getOrDefault("OC_REFRESH_TOKEN", ""), env.getOrDefault("OC_ACCESS_TOKEN", ""));
    }

    /** The codes of the shipping services of a region. */
    public List<String> services(String region) {
        return rows(read("GET", "/3pp/base/v1/service", null).get("data")).stream()
                .filter(row -> region.equals(row.get("serviceRegion")))
                .flatMap(row -> rows(row.get("productList")).stream())
                .map(product -> text(product, "shippingServiceCode"))
                .toList();
    }

    /**
     * Places each order once, and tells of each what became of it. Reference numbers must be unique, now and for ever.
     */
    public List<Outcome> placeOrders(List<Map<String, Object>> orders) {
        List<Outcome> outcomes = new ArrayList<>();
        for (List<Map<String, Object>> batch : batches(orders, ORDERS_A_CALL)) {
            outcomes.addAll(placeBatch(batch));
        }
        return outcomes;
    }

    private List<Outcome> placeBatch(List<Map<String, Object>> orders) {
        Map<String, Map<String, Object>> waiting = new LinkedHashMap<>();
        for (Map<String, Object> order : orders) {
            if (waiting.put(text(order, "referenceNumber"), order) != null) {
                throw new IllegalArgumentException(text(order, "referenceNumber") + " stands twice in the batch");
            }
        }
        Map<String, Outcome> settled = new LinkedHashMap<>();
        for (long pause : PAUSES_MS) {
            settled.putAll(placed(List.copyOf(waiting.values())));
            waiting.keySet().removeAll(settled.keySet());
            if (waiting.isEmpty()) {
                break;
            }
            // Nobody has said what became of these, and to place them again without a look would double them.
            sleep(pause);
            try {
                settled.putAll(findOrders(List.copyOf(waiting.keySet())));
            } catch (Refused | Unclear noAnswer) {
                break;
            }
            waiting.keySet().removeAll(settled.keySet());
            if (waiting.isEmpty()) {
                break;
            }
        }
        return orders.stream()
                .map(order -> text(order, "referenceNumber"))
                .map(reference -> settled.getOrDefault(reference, new Outcome(reference, null, null)))
                .toList();
    }

    /** One attempt: what is known of it, by reference number. */
    private Map<String, Outcome> placed(List<Map<String, Object>> orders) {
        List<String> asked = orders.stream().map(order -> text(order, "referenceNumber")).toList();
        try {
            return outcomes(call("POST", "/3pp/outbound/v1/creation", orders), asked);
        } catch (Unclear unclear) {
            return Map.of();
        } catch (Refused refusal) {
            return allRefused(asked, refusal.getMessage());
        }
    }

    /** Those that exist, by reference number; at most 1000 at a time. */
    public Map<String, Outcome> findOrders(List<String> references) {
        List<Map<String, String>> list = references.stream().map(each -> Map.of("referenceNumber", each)).toList();
        Map<String, Outcome> found = new LinkedHashMap<>();
        for (Map<String, Object> row : query(Map.of("referenceNumberList", list))) {
            String reference = text(row, "referenceNumber");
            found.put(reference, new Outcome(reference, text(row, "orderNumber"), null));
        }
        return found;
    }

    /** Stop an order. Refused once it is picked. */
    public void cancel(String orderNumber, String reason) {
        for (long pause : PAUSES_MS) {
            String now = WIRE_TIME.format(Instant.now());
            try {
                checked(call("POST", "/3pp/outbound/v1/cancel",
                        Map.of("orderNumber", orderNumber, "cancelReason", reason, "cancelTime", now)));
                return;
            } catch (Unclear unclear) {
                sleep(pause);
            }
            List<Map<String, Object>> found =
                    query(Map.of("orderNumberList", List.of(Map.of("orderNumber", orderNumber))));
            if (found.stream().anyMatch(row -> "Cancelled".equals(row.get("orderStatus")))) {
                return;
            }
        }
        throw new Unclear("the cancellation of " + orderNumber);
    }

    private List<Map<String, Object>> query(Map<String, Object> question) {
        return rows(read("POST", "/3pp/outbound/v2/query", question).get("data"));
    }

    /** Stock by SKU and region. There is no total: the last page is the one that is not full. */
    public List<Map<String, Object>> snapshot(int pageSize) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (int page = 1; ; page++) {
            Map<String, Object> data = map(read("POST", "/3pp/inventory/v2/snapshot", Map.of(
                    "skuList", List.of(), "serviceRegionList", List.of(),
                    "pageNumber", page, "pageSize", pageSize)).get("data"));
            List<Map<String, Object>> rows = rows(data.get("SKUList"));
            all.addAll(rows);
            if (rows.size() < pageSize) {
                return all;
            }
        }
    }

    /** Every movement of the SKUs, each with MFSKUID, serviceRegion and inventoryStatus beside its own fields. */
    public List<Map<String, Object>> movements(List<String> skuIds, Instant start, Instant end) {
        List<Map<String, Object>> found = new ArrayList<>();
        for (List<String> some : batches(skuIds, SKUS_A_CALL)) {
            List<Map<String, String>> list = some.stream().map(each -> Map.of("mfSkuId", each)).toList();
            // Both ends belong to a window, so that the next starts a second later.
            for (Instant first = start; !first.isAfter(end); first = first.plus(LONGEST_WINDOW).plusSeconds(1)) {
                Instant last = first.plus(LONGEST_WINDOW).isBefore(end) ? first.plus(LONGEST_WINDOW) : end;
                Map<String, Object> question = Map.of(
                        "mfSkuList", list, "startTime", WIRE_TIME.format(first), "endTime", WIRE_TIME.format(last));
                found.addAll(flat(rows(read("POST", "/3pp/inventory/v1/movement", question).get("data"))));
            }
        }
        return found;
    }

    private static List<Map<String, Object>> flat(List<Map<String, Object>> skus) {
        List<Map<String, Object>> found = new ArrayList<>();
        for (Map<String, Object> sku : skus) {
            for (Map<String, Object> region : rows(sku.get("serviceRegionList"))) {
                for (Map<String, Object> bucket : rows(region.get("inventoryList"))) {
                    for (Map<String, Object> movement : rows(bucket.get("movementList"))) {
                        Map<String, Object> row = new LinkedHashMap<>(movement);
                        row.put("MFSKUID", sku.get("MFSKUID"));
                        row.put("serviceRegion", region.get("serviceRegion"));
                        row.put("inventoryStatus", bucket.get("inventoryStatus"));
                        found.add(row);
                    }
                }
            }
        }
        return found;
    }

    /** A call that changes nothing, so that it can be repeated. */
    private Map<String, Object> read(String method, String path, Object data) {
        for (long pause : PAUSES_MS) {
            try {
                return checked(call(method, path, data));
            } catch (Unclear unclear) {
                sleep(pause);
            }
        }
        return checked(call(method, path, data));
    }

    /** One call; with a fresh token, and once more with another where the token is refused. */
    private Map<String, Object> call(String method, String path, Object data) {
        if (accessToken.isEmpty() || !Instant.now().isBefore(renewAt)) {
            renew();
        }
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("apiVersion", "1.0");
        envelope.put("messageId", UUID.randomUUID().toString());
        envelope.put("timestamp", System.currentTimeMillis());
        envelope.put("data", data);
        String body = method.equals("GET") ? "" : Json.write(envelope); // signed and sent: the same text
        HttpResponse<String> response = send(method, path, body);
        if (!refreshToken.isEmpty() && tokenRefused(response)) {
            renew();
            response = send(method, path, body);
        }
        return replyOf(response);
    }

    private HttpResponse<String> send(String method, String path, String body) {
        URI uri = URI.create(settings.baseUrl() + path);
        String signed = settings.signsBody() ? body : "";
        return exchange(HttpRequest.newBuilder(uri)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("clientKey", settings.clientKey())
                .header("vAuthorization", signature(uri.getPath(), signed, settings.clientKey(), settings.secretKey()))
                .header("Access-Token", "Bearer " + accessToken));
    }

    /** Over the very bytes that are sent: path|body|clientKey|secretKey, the path without its query. */
    static String signature(String path, String body, String clientKey, String secretKey) {
        try {
            byte[] text = String.join("|", path, body, clientKey, secretKey).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) {
        HttpRequest built = request.timeout(settings.timeout()).build();
        try {
            return http.send(built, BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new Unclear(built.uri().getPath() + ": " + failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Unclear(built.uri().getPath() + ": interrupted");
        }
    }

    /** A new access token, before the old one expires or after it was refused. */
    private void renew() {
        String question = "grant_type=refresh_token&client_id=" + URLEncoder.encode(settings.clientKey(), StandardCharsets.UTF_8)
                + "&refresh_token=" + URLEncoder.encode(refreshToken, StandardCharsets.UTF_8);
        URI uri = URI.create(settings.oauthUrl() + "/oauth/token?" + question);
        Map<String, Object> answer = replyOf(exchange(HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody())));
        if (text(answer, "access_token") == null) {
            throw new Refused("no new token: " + answer.get("error") + " " + answer.get("error_description"));
        }
        accessToken = text(answer, "access_token");
        long lasts = answer.get("expires_in") instanceof Number seconds ? seconds.longValue() : 300;
        renewAt = Instant.now().plusSeconds(lasts).minus(RENEW_BEFORE);
        // It lasts a year. Where a new one comes back the old one may be dead: keep it where your keys are kept.
        refreshToken = text(answer, "refresh_token") == null ? refreshToken : text(answer, "refresh_token");
    }

    /** The reply, if it is one. The HTTP status says little here: most refusals come with 200. */
    private static Map<String, Object> replyOf(HttpResponse<String> response) {
        int status = response.statusCode();
        if (status >= 500) {
            throw new Unclear("HTTP " + status);
        }
        try {
            return Objects.requireNonNull(map(Json.parse(response.body())));
        } catch (IllegalArgumentException | ClassCastException | NullPointerException noJson) {
            if (status < 300) { // cut off, most likely
                throw new Unclear("HTTP " + status + " without JSON: " + noJson.getMessage());
            }
            throw new Refused("HTTP " + status);
        }
    }

    /** Told by the envelope: code 0 is success, unless success says otherwise or there are errors. */
    private static boolean failed(Map<String, Object> reply) {
        return !Long.valueOf(0).equals(reply.get("code"))
                || "false".equals(String.valueOf(reply.get("success")))
                || !rows(reply.get("errors")).isEmpty();
    }

    /** The first error's code and text, or the envelope's. */
    private static String reason(Map<String, Object> reply) {
        Map<String, Object> first = rows(reply.get("errors")).stream().findFirst().orElse(reply);
        return first.getOrDefault("code", reply.get("status")) + " "
                + first.getOrDefault("message", reply.get("message"));
    }

    /** The reply to a call that is done as a whole or not at all. */
    private static Map<String, Object> checked(Map<String, Object> reply) {
        if (failed(reply)) {
            throw new Refused(reason(reply));
        }
        return reply;
    }

    /** HTTP 401, or an envelope whose message says so; how the vendor words it is not documented. */
    private static boolean tokenRefused(HttpResponse<String> response) {
        if (response.statusCode() == 401) {
            return true;
        }
        try {
            Map<String, Object> reply = replyOf(response);
            String message = String.valueOf(reply.get("message")).toLowerCase(Locale.ROOT);
            return failed(reply) && (message.contains("token") || message.contains("authentication fail"));
        } catch (Refused | Unclear noReply) {
            return false;
        }
    }

    /** What a reply says of each order; one that it does not speak of is left out. */
    private static Map<String, Outcome> outcomes(Map<String, Object> reply, List<String> asked) {
        Map<String, Outcome> told = new LinkedHashMap<>();
        for (Map<String, Object> row : rows(reply.get("data"))) {
            String reference = text(row, "referenceNumber");
            told.put(reference, new Outcome(reference, text(row, "orderNumber"), null));
        }
        for (Map<String, Object> error : rows(reply.get("errors"))) {
            String reference = text(error, error.containsKey("referenceNumber") ? "referenceNumber" : "id");
            told.put(reference, new Outcome(reference, null, error.get("code") + " " + error.get("message")));
        }
        told.keySet().retainAll(asked);
        // With none of ours in a failure the call itself was at fault, and no order of it was taken on.
        return told.isEmpty() && failed(reply) ? allRefused(asked, reason(reply)) : told;
    }

    private static Map<String, Outcome> allRefused(List<String> references, String why) {
        Map<String, Outcome> refused = new LinkedHashMap<>();
        references.forEach(each -> refused.put(each, new Outcome(each, null, why)));
        return refused;
    }

    private static <T> List<List<T>> batches(List<T> items, int size) {
        List<List<T>> found = new ArrayList<>();
        for (int at = 0; at < items.size(); at += size) {
            found.add(items.subList(at, Math.min(at + size, items.size())));
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Object value) {
        return value == null ? List.of() : (List<Map<String, Object>>) value;
    }

    private static String text(Map<String, Object> row, String key) {
        return (String) row.get(key);
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Unclear("interrupted");
        }
    }
}
