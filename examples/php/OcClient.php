<?php

declare(strict_types=1);

/** The API said no; the same call again will get the same answer. */
final class Refused extends RuntimeException
{
}

/** No answer, or none that can be read: the call may have been carried out, or not. */
final class Unclear extends RuntimeException
{
}

/** What became of an order: it has an order number, or an error, or nobody knows (neither of them). */
final class Outcome
{
    public function __construct(
        public readonly string $reference,
        public readonly ?string $orderNumber = null,
        public readonly ?string $error = null,
    ) {
    }
}

/** A client of OrangeConnex's eBay fulfillment openAPI: the start of your own. PHP 8.1 or newer with its curl. */
final class OcClient
{
    private const ORDERS_A_CALL = 50; // documented
    private const SKUS_A_CALL = 50; // of a query of movements; no limit is documented
    private const LONGEST_WINDOW_S = 7 * 86400 - 1; // "less than 7 days", say the pages
    private const RENEW_BEFORE_S = 60;
    private const PAUSES_S = [0.5, 1.0, 2.0];

    /** Of a token that was given nobody knows the age: it is used until it is refused. */
    private float $renewAt = INF;

    private CurlHandle $curl;

    public function __construct(
        private readonly string $baseUrl,
        private readonly string $oauthUrl,
        private readonly string $clientKey,
        private readonly string $secretKey,
        private string $refreshToken = '',
        private string $accessToken = '',
        private readonly bool $signsBody = true, // the vendor's stage signs an empty body
        private readonly float $timeoutS = 20,
    ) {
        $this->curl = curl_init(); // one handle, so that its connection is used again
    }

    public static function fromEnvironment(): self
    {
        return new self(
            getenv('OC_BASE_URL') ?: '',
            getenv('OC_OAUTH_URL') ?: '',
            getenv('OC_CLIENT_KEY') ?: '',
            getenv('OC_SECRET_KEY') ?: '',
            getenv('OC_REFRESH_TOKEN') ?: '',
            getenv('OC_ACCESS_TOKEN') ?: '',
            getenv('OC_SIGNING') !== 'stage',
            (float) (getenv('OC_TIMEOUT_S') ?: 20),
        );
    }

    /**
     * The codes of the shipping services of a region.
     *
     * @return list<string>
     */
    public function services(string $region): array
    {
        $codes = [];
        foreach ($this->read('GET', '/3pp/base/v1/service')['data'] as $row) {
            if ($row['serviceRegion'] === $region) {
                array_push($codes, ...array_column($row['productList'], 'shippingServiceCode'));
            }
        }
        return $codes;
    }

    /**
     * Places each order once, and tells of each what became of it. Reference numbers must be unique, now and for ever.
     *
     * @param list<array<string, mixed>> $orders
     * @return list<Outcome>
     */
    public function placeOrders(array $orders): array
    {
        $outcomes = [];
        foreach (array_chunk($orders, self::ORDERS_A_CALL) as $batch) {
            array_push($outcomes, ...$this->placeBatch($batch));
        }
        return $outcomes;
    }

    private function placeBatch(array $orders): array
    {
        $references = array_column($orders, 'referenceNumber');
        $waiting = self::byKey($references, $orders);
        if (count($waiting) < count($orders)) {
            throw new InvalidArgumentException('a reference number is missing, or stands twice in the batch');
        }
        $settled = [];
        foreach (self::PAUSES_S as $pause) {
            $settled += $this->placed(array_values($waiting));
            $waiting = array_diff_key($waiting, $settled);
            if (!$waiting) {
                break;
            }
            // Nobody has said what became of these, and to place them again without a look would double them.
            self::sleep($pause);
            try {
                $settled += $this->findOrders(array_column($waiting, 'referenceNumber'));
            } catch (Refused | Unclear) {
                break;
            }
            $waiting = array_diff_key($waiting, $settled);
            if (!$waiting) {
                break;
            }
        }
        return array_map(static fn (string $each) => $settled["#$each"] ?? new Outcome($each), $references);
    }

    /** One attempt: what is known of it, by reference number. */
    private function placed(array $orders): array
    {
        $references = array_column($orders, 'referenceNumber');
        try {
            return self::outcomes($this->call('POST', '/3pp/outbound/v1/creation', $orders), $references);
        } catch (Unclear) {
            return [];
        } catch (Refused $refusal) {
            return self::allRefused($references, $refusal->getMessage());
        }
    }

    /**
     * Those that exist, by # and reference number; at most 1000 at a time.
     *
     * @param list<string> $references
     * @return array<string, Outcome>
     */
    public function findOrders(array $references): array
    {
        $list = array_map(static fn (string $each) => ['referenceNumber' => $each], $references);
        $found = [];
        foreach ($this->query(['referenceNumberList' => $list]) as $row) {
            $found["#{$row['referenceNumber']}"] = new Outcome($row['referenceNumber'], $row['orderNumber']);
        }
        return $found;
    }

    /** Stop an order. Refused once it is picked. */
    public function cancel(string $orderNumber, string $reason): void
    {
        foreach (self::PAUSES_S as $pause) {
            try {
                self::checked($this->call('POST', '/3pp/outbound/v1/cancel', [
                    'orderNumber' => $orderNumber,
                    'cancelReason' => $reason,
                    'cancelTime' => self::wireTime(time()),
                ]));
                return;
            } catch (Unclear) {
                self::sleep($pause);
            }
            $rows = $this->query(['orderNumberList' => [['orderNumber' => $orderNumber]]]);
            if (in_array('Cancelled', array_column($rows, 'orderStatus'), true)) {
                return;
            }
        }
        throw new Unclear("the cancellation of $orderNumber");
    }

    private function query(array $question): array
    {
        return $this->read('POST', '/3pp/outbound/v2/query', $question)['data'];
    }

    /** Stock by SKU and region, row by row. There is no total: the last page is the one that is not full. */
    public function snapshot(int $pageSize = 200): Generator
    {
        $page = 1;
        do {
            $question = ['skuList' => [], 'serviceRegionList' => [], 'pageNumber' => $page++, 'pageSize' => $pageSize];
            $rows = $this->read('POST', '/3pp/inventory/v2/snapshot', $question)['data']['SKUList'];
            foreach ($rows as $row) {
                yield $row;
            }
        } while (count($rows) >= $pageSize);
    }

    /**
     * Every movement of the SKUs from one Unix time to another, with MFSKUID, serviceRegion and inventoryStatus.
     *
     * @param list<string> $skuIds
     */
    public function movements(array $skuIds, int $start, int $end): Generator
    {
        foreach (array_chunk($skuIds, self::SKUS_A_CALL) as $some) {
            foreach (self::windows($start, $end) as [$first, $last]) {
                $skus = $this->read('POST', '/3pp/inventory/v1/movement', [
                    'mfSkuList' => array_map(static fn (string $id) => ['mfSkuId' => $id], $some),
                    'startTime' => self::wireTime($first),
                    'endTime' => self::wireTime($last),
                ])['data'];
                foreach ($skus as $sku) {
                    foreach ($sku['serviceRegionList'] as $region) {
                        foreach ($region['inventoryList'] as $bucket) {
                            foreach ($bucket['movementList'] as $movement) {
                                yield $movement + [
                                    'MFSKUID' => $sku['MFSKUID'],
                                    'serviceRegion' => $region['serviceRegion'],
                                    'inventoryStatus' => $bucket['inventoryStatus'],
                                ];
                            }
                        }
                    }
                }
            }
        }
    }

    /** A call that changes nothing, so that it can be repeated. */
    private function read(string $method, string $path, ?array $data = null): array
    {
        foreach (self::PAUSES_S as $pause) {
            try {
                return self::checked($this->call($method, $path, $data));
            } catch (Unclear) {
                self::sleep($pause);
            }
        }
        return self::checked($this->call($method, $path, $data));
    }

    /** One call; with a fresh token, and once more with another where the token is refused. */
    private function call(string $method, string $path, ?array $data = null): array
    {
        if ($this->accessToken === '' || microtime(true) >= $this->renewAt) {
            $this->renew();
        }
        $envelope = [
            'apiVersion' => '1.0',
            'messageId' => bin2hex(random_bytes(16)),
            'timestamp' => (int) (microtime(true) * 1000),
            'data' => $data,
        ];
        // Signed and sent: the same text.
        $body = $method === 'GET' ? '' : json_encode($envelope, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
        [$status, $text] = $this->send($method, $path, $body);
        if ($this->refreshToken !== '' && self::tokenRefused($status, $text)) {
            $this->renew();
            [$status, $text] = $this->send($method, $path, $body);
        }
        return self::replyOf($status, $text);
    }

    private function send(string $method, string $path, string $body): array
    {
        $url = $this->baseUrl . $path;
        $signed = $this->signsBody ? $body : '';
        return $this->exchange($method, $url, $body, [
            'Content-Type: application/json',
            "clientKey: $this->clientKey",
            'vAuthorization: ' . self::signature(parse_url($url, PHP_URL_PATH), $signed, $this->clientKey, $this->secretKey),
            "Access-Token: Bearer $this->accessToken",
        ]);
    }

    /** Over the very bytes that are sent: path|body|clientKey|secretKey, the path without its query. */
    public static function signature(string $path, string $body, string $clientKey, string $secretKey): string
    {
        return md5("$path|$body|$clientKey|$secretKey");
    }

    /** @return array{int, string} status and text */
    private function exchange(string $method, string $url, string $body, array $headers): array
    {
        curl_reset($this->curl);
        curl_setopt_array($this->curl, [
            CURLOPT_URL => $url,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => [...$headers, 'Expect:'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT_MS => (int) ($this->timeoutS * 1000),
        ] + ($method === 'GET' ? [] : [CURLOPT_POSTFIELDS => $body]));
        $text = curl_exec($this->curl);
        if ($text === false) {
            throw new Unclear(parse_url($url, PHP_URL_PATH) . ': ' . curl_error($this->curl));
        }
        return [curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE), $text];
    }

    /** A new access token, before the old one expires or after it was refused. */
    private function renew(): void
    {
        $question = http_build_query([
            'grant_type' => 'refresh_token',
            'client_id' => $this->clientKey,
            'refresh_token' => $this->refreshToken,
        ]);
        $answer = self::replyOf(...$this->exchange('POST', "$this->oauthUrl/oauth/token?$question", '', []));
        if (!isset($answer['access_token'])) {
            $why = ($answer['error'] ?? '') . ' ' . ($answer['error_description'] ?? '');
            throw new Refused("no new token: $why");
        }
        $this->accessToken = $answer['access_token'];
        $this->renewAt = microtime(true) + ($answer['expires_in'] ?? 300) - self::RENEW_BEFORE_S;
        // It lasts a year. Where a new one comes back the old one may be dead: keep it where your keys are kept.
        $this->refreshToken = $answer['refresh_token'] ?? $this->refreshToken;
    }

    /** The reply, if it is one. The HTTP status says little here: most refusals come with 200. */
    private static function replyOf(int $status, string $text): array
    {
        if ($status >= 500) {
            throw new Unclear("HTTP $status");
        }
        $reply = json_decode($text, true);
        if (is_array($reply)) {
            return $reply;
        }
        if ($status < 300) { // cut off, most likely
            throw new Unclear("HTTP $status without JSON: " . substr($text, 0, 80));
        }
        throw new Refused("HTTP $status");
    }

    /** Told by the envelope: code 0 is success, unless success says otherwise or there are errors. */
    private static function failed(array $reply): bool
    {
        return ($reply['code'] ?? null) !== 0
            || in_array($reply['success'] ?? true, [false, 'false'], true)
            || ($reply['errors'] ?? []);
    }

    /** The first error's code and text, or the envelope's. */
    private static function reason(array $reply): string
    {
        $first = $reply['errors'][0] ?? $reply;
        return ($first['code'] ?? $reply['status'] ?? '') . ' ' . ($first['message'] ?? $reply['message'] ?? '');
    }

    /** The reply to a call that is done as a whole or not at all. */
    private static function checked(array $reply): array
    {
        if (self::failed($reply)) {
            throw new Refused(self::reason($reply));
        }
        return $reply;
    }

    /** HTTP 401, or an envelope whose message says so; how the vendor words it is not documented. */
    private static function tokenRefused(int $status, string $text): bool
    {
        $reply = json_decode($text, true);
        return $status === 401
            || (is_array($reply) && self::failed($reply)
                && preg_match('/token|authentication fail/i', $reply['message'] ?? '') === 1);
    }

    /** What a reply says of each order; one that it does not speak of is left out. */
    private static function outcomes(array $reply, array $asked): array
    {
        $told = [];
        foreach ($reply['data'] ?? [] as $row) {
            $reference = $row['referenceNumber'] ?? '';
            $told["#$reference"] = new Outcome($reference, $row['orderNumber']);
        }
        foreach ($reply['errors'] ?? [] as $error) {
            $reference = $error['referenceNumber'] ?? $error['id'] ?? '';
            $told["#$reference"] = new Outcome($reference, error: ($error['code'] ?? '') . ' ' . ($error['message'] ?? ''));
        }
        $ours = array_intersect_key($told, self::byKey($asked, $asked));
        // With none of ours in a failure the call itself was at fault, and no order of it was taken on.
        return !$ours && self::failed($reply) ? self::allRefused($asked, self::reason($reply)) : $ours;
    }

    private static function allRefused(array $references, string $why): array
    {
        $refused = array_map(static fn (string $each) => new Outcome($each, error: $why), $references);
        return self::byKey($references, $refused);
    }

    /** By # and reference number: PHP would make an integer of a key that is all digits. */
    private static function byKey(array $references, array $values): array
    {
        return array_combine(array_map(static fn (string $each) => "#$each", $references), $values);
    }

    /** Windows of less than 7 days. Both ends belong to a window, so that the next starts a second later. */
    public static function windows(int $start, int $end): Generator
    {
        for (; $start <= $end; $start += self::LONGEST_WINDOW_S + 1) {
            yield [$start, min($start + self::LONGEST_WINDOW_S, $end)];
        }
    }

    /** Such as 2024-07-20T10:10:10+0000: the zone has no colon, and must be there. */
    private static function wireTime(int $second): string
    {
        return gmdate('Y-m-d\TH:i:sO', $second);
    }

    private static function sleep(float $seconds): void
    {
        usleep((int) ($seconds * 1_000_000));
    }
}
