// The same small client in Node, correct unless it is told to have a bug: node client.mjs [BUG].
// No packages. It places four orders, two of them in one batch, cancels the last, and reads the stock.
import { createHash, randomUUID } from 'node:crypto';

const env = process.env;
const bug = process.argv[2] ?? 'correct';
const has = (name) => bug === name;
const run = randomUUID().slice(0, 8) + Date.now();
let token = env.OC_ACCESS_TOKEN;
let failed = false;

class Unclear extends Error {}
class Refused extends Error {}
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const complain = (words) => {
  if (has('swallows-everything')) return;
  if (has('ends-with-success')) return console.log('done');
  console.error(words);
  failed = true;
};

async function http(method, url, headers, body) {
  const options = { method, headers, body };
  if (!has('waits-for-ever')) options.signal = AbortSignal.timeout(1500);
  try {
    const response = await fetch(url, options);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (has('crashes-on-a-lost-connection')) throw error;
    throw new Unclear(`${error.cause?.message ?? error.message}`);
  }
}

function read({ status, text }) {
  if (has('crashes-on-html')) return JSON.parse(text);
  if (status >= 500 || status === 429) throw new Unclear(`HTTP ${status}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Unclear(`HTTP ${status} without JSON`);
  }
}

async function send(path, data) {
  const body = JSON.stringify({ messageId: randomUUID(), timestamp: Date.now(), data });
  const text = `/openapi${path}|${body}|${env.OC_CLIENT_KEY}|${env.OC_SECRET_KEY}`;
  const headers = {
    'Content-Type': 'application/json',
    clientKey: env.OC_CLIENT_KEY,
    vAuthorization: createHash('md5').update(text).digest('hex'),
    'Access-Token': `Bearer ${token}`,
  };
  return read(await http('POST', env.OC_BASE_URL + path, headers, body));
}

const refused = ({ code, success, errors }) =>
  has('believes-http') ? false : code !== 0 || String(success ?? true) === 'false' || Boolean(errors?.length);

async function post(path, data) {
  const reply = await send(path, data);
  if (!refused(reply) || !(reply.status === 401 || /token/i.test(reply.message ?? ''))) return reply;
  const question = { grant_type: 'refresh_token', client_id: env.OC_CLIENT_KEY, refresh_token: env.OC_REFRESH_TOKEN };
  const answer = read(await http('POST', `${env.OC_OAUTH_URL}/oauth/token?${new URLSearchParams(question)}`, {}));
  if (!answer.access_token) throw new Refused('no token');
  token = answer.access_token;
  return send(path, data);
}

async function patiently(path, data) {
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await post(path, data);
      if (refused(reply)) throw new Refused(JSON.stringify(reply.errors ?? reply.message));
      return reply;
    } catch (error) {
      if (!(error instanceof Unclear) || attempt === 3) throw error;
      await sleep(20);
    }
  }
}

const order = (number) => ({
  referenceNumber: `${number}-${run}`,
  orderPlatform: 'OTHERS',
  serviceRegion: 'UK',
  shippingServiceCode: 'GBDomStd_RMOnly',
  consigneeName: 'Alex Example',
  consigneeAddress1: `${number.slice(1)} Example Road`,
  consigneeCountryCode: 'GB',
  productList: [{ MFSKUID: number === 'D1' ? 'OC0000250260096' : env.OC_SKU_ID, SKUQuantity: 1 }],
});

async function find(numbers) {
  const data = { referenceNumberList: numbers.map((referenceNumber) => ({ referenceNumber })) };
  return (await patiently('/3pp/outbound/v2/query', data)).data ?? [];
}

async function missing(orders) {
  if (!orders.length) return [];
  const there = new Set((await find(orders.map((each) => each.referenceNumber))).map((row) => row.referenceNumber));
  for (const number of there) console.log('placed', number);
  return orders.filter((each) => !there.has(each.referenceNumber));
}

async function place(orders) {
  for (let attempt = 1; orders.length && (attempt <= 3 || has('tries-for-ever')); attempt++) {
    let reply;
    try {
      reply = await post('/3pp/outbound/v1/creation', orders);
    } catch (error) {
      if (!(error instanceof Unclear)) throw error;
      await sleep(20);
      const anew = (each) => ({ ...each, referenceNumber: `${each.referenceNumber}-${attempt}` });
      orders = has('retries-under-a-new-number') ? orders.map(anew) : await missing(orders);
      continue;
    }
    const placed = new Set((reply.data ?? []).map((row) => row.referenceNumber));
    for (const number of placed) console.log('placed', number);
    if (has('ignores-partial-failure') || has('believes-http')) return;
    if (has('sends-the-whole-batch-again') && placed.size && reply.errors?.length) {
      return place(orders.map((each) => ({ ...each, referenceNumber: `${each.referenceNumber}-b` })));
    }
    for (const each of orders.filter(({ referenceNumber }) => !placed.has(referenceNumber))) {
      complain(`order ${each.referenceNumber} not placed: ${JSON.stringify(reply.errors ?? reply.message)}`);
    }
    return;
  }
  for (const each of await missing(orders)) complain(`order ${each.referenceNumber} not placed: no clear answer`);
}

async function cancel(number) {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const [row] = await find([number]);
    if (!row) return complain(`order ${number} cannot be cancelled: it is not there`);
    if (row.orderStatus === 'Cancelled') return console.log('cancelled', number);
    const cancelTime = `${new Date().toISOString().slice(0, 19)}+0000`;
    try {
      const reply = await post('/3pp/outbound/v1/cancel', { orderNumber: row.orderNumber, cancelReason: 'mistake', cancelTime });
      if (refused(reply)) return complain(`order ${number} not cancelled: ${JSON.stringify(reply.errors ?? reply.message)}`);
      return console.log('cancelled', number);
    } catch (error) {
      if (!(error instanceof Unclear)) throw error;
      if (has('ignores-the-cancellations-answer')) return console.log('cancelled', number);
      await sleep(20);
    }
  }
  complain(`order ${number} not cancelled: no clear answer`);
}

async function page(pageNumber) {
  const data = { pageNumber, pageSize: 8, serviceRegionList: [], skuList: [] };
  try {
    return (await patiently('/3pp/inventory/v2/snapshot', data)).data.SKUList;
  } catch (error) {
    if (has('drops-a-page-that-fails')) return [];
    throw error;
  }
}

async function stock() {
  let rows = 0;
  for (let number = 1, full = true; full; number++) {
    const found = await page(number);
    rows += found.length;
    full = found.length === 8;
  }
  console.log('stock', rows, 'rows');
}

const orders = ['D0', 'D1', 'D2', 'D3'].map(order);
const jobs = [
  () => place(orders.slice(3)),
  () => place(orders.slice(0, 1)),
  () => place(orders.slice(1, 3)),
  () => cancel(orders[3].referenceNumber),
  stock,
];
for (const job of jobs) {
  try {
    await job();
  } catch (error) {
    const known = error instanceof Unclear || error instanceof Refused || has('swallows-everything');
    if (!known) throw error;
    complain(`not done: ${error.message}`);
  }
}
process.exitCode = failed ? 1 : 0;
