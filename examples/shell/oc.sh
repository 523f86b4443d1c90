# A client of OrangeConnex's eBay fulfillment openAPI for a POSIX shell with curl, openssl and jq: the start of yours.
# To be read in by a script (. ./oc.sh).
#
# A function's status: 0 done; 1 refused, the same call again will get the same answer; 2 unclear, the call may have
# been carried out, or not. Then `oc_why` says why.

: "${OC_BASE_URL:?}" "${OC_OAUTH_URL:?}" "${OC_CLIENT_KEY:?}" "${OC_SECRET_KEY:?}"
ORDERS_A_CALL=50        # documented
SKUS_A_CALL=50          # of a query of movements; no limit is documented
LONGEST_WINDOW_S=604799 # "less than 7 days", say the pages
RENEW_BEFORE_S=60
PAUSES_S='0.5 1 2'

umask 077
oc_files=$(mktemp -d)
trap 'rm -rf "$oc_files"' EXIT
# Tokens are kept in files, since functions run in subshells. Of one that was given nobody knows the age.
printf %s "${OC_ACCESS_TOKEN-}" >"$oc_files/access"
printf %s "${OC_REFRESH_TOKEN-}" >"$oc_files/refresh"
echo 9999999999 >"$oc_files/renew_at"

# Told by the envelope: code 0 is success, unless success says otherwise or there are errors.
FAILED='def failed: .code != 0 or (.success | tostring) == "false" or ((.errors // []) | length) > 0;
    def reason: (.errors[0]? // .) as $first
        | "\($first.code // .status) \($first.message // .message)";'

# oc_curl ARGUMENT...: the reply into $oc_files/reply and its status into $oc_files/status; headers from standard input,
# for whoever lists the processes would see them among the arguments.
oc_curl() {
    curl -sS --max-time "${OC_TIMEOUT_S:-20}" -H @- -o "$oc_files/reply" -w '%{http_code}' "$@" \
        >"$oc_files/status" 2>"$oc_files/why" || {
        oc_say "Unclear: $(cat "$oc_files/why")"
        return 2
    }
}

oc_say() { printf '%s\n' "$1" >"$oc_files/said"; }
oc_why() { cat "$oc_files/said"; }

# oc_reply: what came, if it is one. The HTTP status says little here: most refusals come with 200.
oc_reply() {
    oc_status=$(cat "$oc_files/status")
    [ "$oc_status" -lt 500 ] || { oc_say "Unclear: HTTP $oc_status"; return 2; }
    jq -e 'type == "object"' "$oc_files/reply" >/dev/null 2>&1 && return
    [ "$oc_status" -ge 400 ] && { oc_say "Refused: HTTP $oc_status"; return 1; }
    oc_say "Unclear: HTTP $oc_status without JSON" # cut off, most likely
    return 2
}

# oc_renew: another access token.
oc_renew() {
    {
        printf 'grant_type=refresh_token&client_id=%s&refresh_token=' "$(printf %s "$OC_CLIENT_KEY" | jq -sRr @uri)"
        jq -sRr @uri <"$oc_files/refresh"
    } | tr -d '\n' >"$oc_files/question"
    # All of it belongs into the query string; from a file, so that no list of processes shows the token.
    printf 'url = "%s/oauth/token?%s"\n' "$OC_OAUTH_URL" "$(cat "$oc_files/question")" >"$oc_files/config"
    oc_curl -X POST -K "$oc_files/config" </dev/null || return
    oc_reply || return
    if ! jq -er .access_token "$oc_files/reply" >"$oc_files/new"; then
        oc_say "Refused: no new token: $(jq -r '"\(.error) \(.error_description)"' "$oc_files/reply")"
        return 1
    fi
    tr -d '\n' <"$oc_files/new" >"$oc_files/access"
    echo $(($(date +%s) + $(jq '.expires_in // 300' "$oc_files/reply") - RENEW_BEFORE_S)) >"$oc_files/renew_at"
    # It lasts a year. Where a new one comes back the old one may be dead: keep it where your keys are kept.
    jq -j '.refresh_token // empty' "$oc_files/reply" >"$oc_files/new"
    [ ! -s "$oc_files/new" ] || mv "$oc_files/new" "$oc_files/refresh"
}

# oc_sign PATH FILE: over the very bytes that are sent: path|body|clientKey|secretKey, the path without its query.
oc_sign() {
    {
        printf '%s|' "$1"
        [ "${OC_SIGNING-}" = stage ] || cat "$2" # the vendor's stage signs an empty body
        printf '|%s|%s' "$OC_CLIENT_KEY" "$OC_SECRET_KEY"
    } | openssl dgst -md5 -r | cut -c1-32
}

# oc_send METHOD PATH: the body is $oc_files/body.
oc_send() {
    oc_url=$OC_BASE_URL$2
    oc_path=/${oc_url#*://*/}
    set -- -X "$1" "$oc_url"
    [ ! -s "$oc_files/body" ] || set -- "$@" --data-binary "@$oc_files/body"
    printf '%s\n' 'Content-Type: application/json' 'Expect:' "clientKey: $OC_CLIENT_KEY" \
        "vAuthorization: $(oc_sign "$oc_path" "$oc_files/body")" \
        "Access-Token: Bearer $(cat "$oc_files/access")" | oc_curl "$@"
}

# oc_token_refused: HTTP 401, or an envelope whose message says so; how the vendor words it is not documented.
oc_token_refused() {
    [ "$(cat "$oc_files/status")" = 401 ] ||
        jq -e "$FAILED"' failed and ((.message // "") | test("token|authentication fail"; "i"))' \
            "$oc_files/reply" >/dev/null 2>&1
}

# oc_call METHOD PATH [DATA]: one call; with a fresh token, and once more with another where the token is refused.
oc_call() {
    if [ ! -s "$oc_files/access" ] || [ "$(date +%s)" -ge "$(cat "$oc_files/renew_at")" ]; then
        oc_renew || return
    fi
    if [ "$1" = GET ]; then
        : >"$oc_files/body"
    else
        printf %s "$3" | jq -cj --arg id "$(openssl rand -hex 16)" \
            '{apiVersion: "1.0", messageId: $id, timestamp: (now * 1000 | floor), data: .}' >"$oc_files/body"
    fi
    oc_send "$1" "$2" || return
    if [ -s "$oc_files/refresh" ] && oc_token_refused; then
        oc_renew && oc_send "$1" "$2" || return
    fi
    oc_reply
}

# oc_checked METHOD PATH [DATA]: a call that is done as a whole or not at all.
oc_checked() {
    oc_call "$@" || return
    if jq -e "$FAILED failed" "$oc_files/reply" >/dev/null; then
        oc_say "Refused: $(jq -r "$FAILED reason" "$oc_files/reply")"
        return 1
    fi
}

# oc_read METHOD PATH [DATA]: prints the data. A call that changes nothing, so that it can be repeated.
oc_read() {
    for oc_pause in $PAUSES_S last; do
        oc_checked "$@"
        oc_outcome=$?
        [ $oc_outcome != 0 ] || { jq -c .data "$oc_files/reply"; return; }
        [ $oc_outcome = 2 ] && [ "$oc_pause" != last ] || return $oc_outcome
        sleep "$oc_pause"
    done
}

# oc_services REGION: the codes of the shipping services of a region, one a line.
oc_services() {
    oc_data=$(oc_read GET /3pp/base/v1/service) || return
    printf %s "$oc_data" | jq -r --arg region "$1" \
        '.[] | select(.serviceRegion == $region) | .productList[].shippingServiceCode'
}

# oc_place_orders <ORDERS: places each order of a JSON list once, and prints a line for each: placed REFERENCE NUMBER,
# refused REFERENCE WHY, or unclear REFERENCE. Reference numbers must be unique, now and for ever.
oc_place_orders() {
    jq -c --argjson size $ORDERS_A_CALL \
        'if (map(.referenceNumber) | unique | length) < length then error("a reference number stands twice") else . end
        | range(0; length; $size) as $at | .[$at:$at + $size]' >"$oc_files/batches" || return
    while read -r oc_waiting; do
        oc_place_batch </dev/null
    done <"$oc_files/batches"
}

oc_place_batch() {
    for oc_pause in $PAUSES_S; do
        oc_place_once >"$oc_files/told"
        oc_settle && return
        # Nobody has said what became of these, and to place them again without a look would double them.
        sleep "$oc_pause"
        oc_asked=$(printf %s "$oc_waiting" | jq -c '{referenceNumberList: map({referenceNumber})}')
        oc_found=$(oc_read POST /3pp/outbound/v2/query "$oc_asked") || break
        printf %s "$oc_found" | jq -c '.[] | {reference: .referenceNumber, says: "placed \(.referenceNumber) \(.orderNumber)"}' \
            >"$oc_files/told"
        oc_settle && return
    done
    printf %s "$oc_waiting" | jq -r '.[] | "unclear \(.referenceNumber): look it up before you place it again"'
}

# oc_place_once: one attempt; what the reply says of each order, one that it does not speak of left out. Where it speaks
# of none in a failure the call itself was at fault, and no order of it was taken on.
oc_place_once() {
    oc_call POST /3pp/outbound/v1/creation "$oc_waiting"
    case $? in
    0) jq -c --argjson waiting "$oc_waiting" "$FAILED"'
        . as $reply | ($waiting | map(.referenceNumber)) as $ours
        | [((.data // [])[] | {reference: .referenceNumber, says: "placed \(.referenceNumber) \(.orderNumber)"}),
           ((.errors // [])[] | (.referenceNumber // .id) as $it
            | {reference: $it, says: "refused \($it) \(.code) \(.message)"})]
        | map(select(.reference as $it | $ours | index($it)))
        | if length == 0 and ($reply | failed)
          then $ours[] | {reference: ., says: "refused \(.) \($reply | reason)"} else .[] end' "$oc_files/reply" ;;
    1) printf %s "$oc_waiting" | jq -c --arg why "$(sed 's/^Refused: //' "$oc_files/said")" \
        '.[].referenceNumber | {reference: ., says: "refused \(.) \($why)"}' ;;
    esac
}

# oc_settle: prints what was told of the orders that wait, and takes them out; true if none waits any more.
oc_settle() {
    jq -rn --slurpfile told "$oc_files/told" --argjson waiting "$oc_waiting" \
        '($waiting | map(.referenceNumber)) as $ours | $told[] | select(.reference as $it | $ours | index($it)) | .says'
    oc_waiting=$(jq -cn --slurpfile told "$oc_files/told" --argjson waiting "$oc_waiting" \
        '($told | map(.reference)) as $known | $waiting | map(select(.referenceNumber as $it | $known | index($it) | not))')
    [ "$oc_waiting" = '[]' ]
}

# oc_cancel NUMBER REASON: stops an order. Refused once it is picked.
oc_cancel() {
    for oc_pause in $PAUSES_S; do
        oc_question=$(jq -cn --arg number "$1" --arg reason "$2" \
            '{orderNumber: $number, cancelReason: $reason, cancelTime: (now | strftime("%Y-%m-%dT%H:%M:%S+0000"))}')
        oc_checked POST /3pp/outbound/v1/cancel "$oc_question" && return
        [ $? = 2 ] || return 1
        sleep "$oc_pause"
        oc_question=$(jq -cn --arg number "$1" '{orderNumberList: [{orderNumber: $number}]}')
        oc_found=$(oc_read POST /3pp/outbound/v2/query "$oc_question") || return
        [ "$(printf %s "$oc_found" | jq -r '.[0].orderStatus')" != Cancelled ] || return 0
    done
    oc_say "Unclear: the cancellation of $1"
    return 2
}

# oc_snapshot [PAGE_SIZE]: stock by SKU and region, a JSON row a line. There is no total: the last page is the one that
# is not full.
oc_snapshot() {
    oc_page=1
    while :; do
        oc_rows=$(oc_read POST /3pp/inventory/v2/snapshot \
            "{\"skuList\":[],\"serviceRegionList\":[],\"pageNumber\":$oc_page,\"pageSize\":${1:-200}}") || return
        printf %s "$oc_rows" | jq -c '.SKUList[]'
        [ "$(printf %s "$oc_rows" | jq '.SKUList | length')" -ge "${1:-200}" ] || return 0
        oc_page=$((oc_page + 1))
    done
}

# oc_movements START END <SKU_IDS: every movement of the SKUs, a line each, from one Unix time to another.
oc_movements() {
    jq -Rcn --argjson size $SKUS_A_CALL \
        '[inputs | {mfSkuId: .}] | range(0; length; $size) as $at | .[$at:$at + $size]' >"$oc_files/skus"
    while read -r oc_skus; do
        # Both ends belong to a window, so that the next starts a second later.
        oc_first=$1
        while [ "$oc_first" -le "$2" ]; do
            oc_last=$((oc_first + LONGEST_WINDOW_S))
            [ "$oc_last" -le "$2" ] || oc_last=$2
            oc_question=$(jq -cn --argjson skus "$oc_skus" --argjson first "$oc_first" --argjson last "$oc_last" '
                def wire: strftime("%Y-%m-%dT%H:%M:%S+0000");
                {mfSkuList: $skus, startTime: ($first | wire), endTime: ($last | wire)}')
            oc_moved=$(oc_read POST /3pp/inventory/v1/movement "$oc_question" </dev/null) || return
            printf %s "$oc_moved" | jq -c '.[] | {MFSKUID} as $sku
                | .serviceRegionList[] | ($sku + {serviceRegion}) as $region
                | .inventoryList[] | ($region + {inventoryStatus}) as $bucket
                | .movementList[] | . + $bucket'
            oc_first=$((oc_last + 1))
        done
    done <"$oc_files/skus"
}
