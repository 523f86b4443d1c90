# Places an order for each SKU id given, cancels the first, reads the stock and its movements of 30 days.
. "$(dirname "$0")/oc.sh"
REGION=UK

give_up() {
    oc_why >&2
    exit 1
}

[ $# -gt 0 ] || set -- OC0000250380015 OC0000250380015
services=$(oc_services "$REGION") || give_up
echo "services $(printf '%s\n' "$services" | wc -l | tr -d ' ') in $REGION"

run=$(date +%s)$$ # in real life: the number that the order has in your database
jq -cn --arg run "$run" --arg region "$REGION" --arg service "$(printf '%s\n' "$services" | head -n 1)" '
    [$ARGS.positional | to_entries[] | {
        referenceNumber: "DEMO-\($run)-\(.key + 1)",
        orderPlatform: "OTHERS",
        serviceRegion: $region,
        shippingServiceCode: $service,
        consigneeName: "Zoë Example",
        consigneeAddress1: "1 Example Road",
        consigneeCity: "Brighton",
        consigneeCountryCode: "GB",
        consigneeZipCode: "BN2 5ES",
        productList: [{MFSKUID: .value, SKUQuantity: 1}]
    }]' --args "$@" >"$oc_files/orders"
oc_place_orders <"$oc_files/orders" >"$oc_files/outcomes" || give_up
cat "$oc_files/outcomes"

first=$(sed -n 's/^placed [^ ]* //p' "$oc_files/outcomes" | head -n 1)
if [ -n "$first" ]; then
    oc_cancel "$first" 'the buyer changed his mind' || give_up
    echo "cancelled $first"
fi

oc_snapshot "${OC_PAGE_SIZE:-200}" >"$oc_files/stock" || give_up
echo "stock $(wc -l <"$oc_files/stock" | tr -d ' ') rows"
end=$(date +%s)
jq -r .MFSKUID "$oc_files/stock" | sort -u >"$oc_files/held"
oc_movements $((end - 30 * 86400)) "$end" <"$oc_files/held" >"$oc_files/moved" || give_up
echo "movements $(wc -l <"$oc_files/moved" | tr -d ' ') in 30 days"
! grep -qv '^placed ' "$oc_files/outcomes"
