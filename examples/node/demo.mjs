// Places an order for each SKU id given, cancels the first, reads the stock and its movements of 30 days.
import { Client, Refused, Unclear, now } from './oc_client.mjs';

const REGION = 'UK';

async function main(skuIds) {
  const oc = Client.fromEnvironment();
  const services = await oc.services(REGION);
  console.log(`services ${services.length} in ${REGION}`);

  const run = Date.now(); // in real life: the number that the order has in your database
  const outcomes = await oc.placeOrders(skuIds.map((skuId, at) => anOrder(`DEMO-${run}-${at + 1}`, skuId, services[0])));
  for (const { reference, orderNumber, error } of outcomes) {
    if (orderNumber) console.log(`placed ${reference} ${orderNumber}`);
    else if (error) console.log(`refused ${reference} ${error}`);
    else console.log(`unclear ${reference}: look it up before you place it again`);
  }

  const placed = outcomes.filter(({ orderNumber }) => orderNumber);
  if (placed.length) {
    await oc.cancel(placed[0].orderNumber, 'the buyer changed his mind');
    console.log(`cancelled ${placed[0].orderNumber}`);
  }

  const stock = [];
  for await (const row of oc.snapshot(Number(process.env.OC_PAGE_SIZE ?? 200))) stock.push(row);
  console.log(`stock ${stock.length} rows`);
  let movements = 0;
  const end = now();
  const held = [...new Set(stock.map((row) => row.MFSKUID))];
  for await (const _ of oc.movements(held, end - 30 * 86_400, end)) movements++;
  console.log(`movements ${movements} in 30 days`);
  return placed.length === skuIds.length ? 0 : 1;
}

function anOrder(referenceNumber, skuId, shippingServiceCode) {
  return {
    referenceNumber,
    orderPlatform: 'OTHERS',
    serviceRegion: REGION,
    shippingServiceCode,
    consigneeName: 'Zoë Example',
    consigneeAddress1: '1 Example Road',
    consigneeCity: 'Brighton',
    consigneeCountryCode: 'GB',
    consigneeZipCode: 'BN2 5ES',
    productList: [{ MFSKUID: skuId, SKUQuantity: 1 }],
  };
}

const skuIds = process.argv.slice(2);
try {
  process.exitCode = await main(skuIds.length ? skuIds : ['OC0000250380015', 'OC0000250380015']);
} catch (error) {
  if (!(error instanceof Refused || error instanceof Unclear)) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
