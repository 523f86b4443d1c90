<?php

// Places an order for each SKU id given, cancels the first, reads the stock and its movements of 30 days.

declare(strict_types=1);

require __DIR__ . '/OcClient.php';

const REGION = 'UK';

function demo(array $skuIds): int
{
    $oc = OcClient::fromEnvironment();
    $services = $oc->services(REGION);
    printf("services %d in %s\n", count($services), REGION);

    $run = (int) (microtime(true) * 1000); // in real life: the number that the order has in your database
    $orders = [];
    foreach ($skuIds as $at => $skuId) {
        $orders[] = anOrder("DEMO-$run-" . ($at + 1), $skuId, $services[0]);
    }
    $placed = [];
    foreach ($oc->placeOrders($orders) as $each) {
        if ($each->orderNumber !== null) {
            $placed[] = $each->orderNumber;
            echo "placed $each->reference $each->orderNumber\n";
        } elseif ($each->error !== null) {
            echo "refused $each->reference $each->error\n";
        } else {
            echo "unclear $each->reference: look it up before you place it again\n";
        }
    }
    if ($placed) {
        $oc->cancel($placed[0], 'the buyer changed his mind');
        echo "cancelled $placed[0]\n";
    }

    $stock = iterator_to_array($oc->snapshot((int) (getenv('OC_PAGE_SIZE') ?: 200)), false);
    printf("stock %d rows\n", count($stock));
    $held = array_values(array_unique(array_column($stock, 'MFSKUID')));
    $end = time();
    printf("movements %d in 30 days\n", iterator_count($oc->movements($held, $end - 30 * 86400, $end)));
    return count($placed) === count($skuIds) ? 0 : 1;
}

function anOrder(string $reference, string $skuId, string $service): array
{
    return [
        'referenceNumber' => $reference,
        'orderPlatform' => 'OTHERS',
        'serviceRegion' => REGION,
        'shippingServiceCode' => $service,
        'consigneeName' => 'Zoë Example',
        'consigneeAddress1' => '1 Example Road',
        'consigneeCity' => 'Brighton',
        'consigneeCountryCode' => 'GB',
        'consigneeZipCode' => 'BN2 5ES',
        'productList' => [['MFSKUID' => $skuId, 'SKUQuantity' => 1]],
    ];
}

try {
    exit(demo(array_slice($argv, 1) ?: ['OC0000250380015', 'OC0000250380015']));
} catch (Refused | Unclear $error) {
    fwrite(STDERR, get_class($error) . ": {$error->getMessage()}\n");
    exit(1);
}
