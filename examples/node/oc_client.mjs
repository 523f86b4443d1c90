/**
 * A client of OrangeConnex's eBay fulfillment openAPI: the start of your own. Node 18 or newer, no packages.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const ORDERS_A_CALL = 50; // documented
const SKUS_A_CALL = 50; // of a query of movements; no limit is documented
const LONGEST_WINDOW_S = 7 * 86_400 - 1; // "less than 7 days", say the pages
const RENEW_BEFORE_S = 60;
const PAUSES_MS = [500, 1000, 2000];

/** The API said no; the same call again will get the same answer. */
export class Refused extends Error {
  name = 'Refused';
}

/** No answer, or none that can be read: the call may have been carried out, or not. */
export class Unclear extends Error {
  name = 'Unclear';
}

export class Client {
  #accessToken;
  #refreshToken;
  #renewAt = Infinity; // of a token that was given nobody knows the age: it is used until it is refused
  #renewal; // the one that is under way, for calls that run side by side

  constructor({ baseUrl, oauthUrl, clientKey, secretKey, refreshToken = '', accessToken = '', signing, timeoutMs = 20_000 }) {
    Object.assign(this, { baseUrl, oauthUrl, clientKey, timeoutMs });
    this.sign = (path, body) => signature(path, signing === 'stage' ? '' : body, clientKey, secretKey);
    this.#refreshToken = refreshToken;
    this.#accessToken = accessToken;
  }

  static fromEnvironment(env = process.env) {
    return new Client({
      baseUrl: env.OC_BASE_URL,
      oauthUrl: env.OC_OAUTH_URL,
      clientKey: env.OC_CLIENT_KEY,
      secretKey: env.OC_SECRET_KEY,
      refreshToken: env.OC_REFRESH_TOKEN,
      accessToken: env.OC_ACCESS_TOKEN,
      signing: env.OC_SIGNING,
      timeoutMs: 1000 * (env.OC_TIMEOUT_S ?? 20),
    });
  }

  /** The codes of the shipping services of a region. */
  async services(region) {
    const { data } = await this.#read('GET', '/3pp/base/v1/service');
    return data
      .filter((row) => row.serviceRegion === region)
      .flatMap((row) => row.productList.map((each) => each.shippingServiceCode));
  }

  /**
   * Places each order once, and tells of each what became of it: {reference, orderNumber} or {reference, error}, or
   * {reference} alone where nobody knows. Reference numbers must be unique, now and for ever.
   */
  async placeOrders(orders) {
    const outcomes = [];
    for (const batch of batches(orders, ORDERS_A_CALL)) outcomes.push(...(await this.#placeBatch(batch)));
    return outcomes;
  }

  async #placeBatch(orders) {
    let waiting = new Map(orders.map((order) => [order.referenceNumber, order]));
    if (waiting.size < orders.length) throw new TypeError('a reference number stands twice in the batch');
    const settled = new Map();
    for (const pause of PAUSES_MS) {
      const told = await this.#placed([...waiting.values()]);
      const untold = [...waiting.keys()].filter((reference) => !told.has(reference));
      let found = new Map();
      if (untold.length) {
        // Nobody has said what became of these, and to place them again without a look would double them.
        await sleep(pause);
        found = await this.findOrders(untold).catch((error) => (known(error) ? null : Promise.reject(error)));
      }
      for (const [reference, outcome] of [...told, ...(found ?? [])]) {
        settled.set(reference, outcome);
        waiting.delete(reference);
      }
      if (!found || !waiting.size) break;
    }
    return orders.map(({ referenceNumber }) => settled.get(referenceNumber) ?? { reference: referenceNumber });
  }

  /** One attempt: what is known of it, by reference number. */
  async #placed(orders) {
    const references = orders.map((order) => order.referenceNumber);
    try {
      return outcomes(await this.#call('POST', '/3pp/outbound/v1/creation', orders), references);
    } catch (error) {
      if (error instanceof Unclear) return new Map();
      if (!(error instanceof Refused)) throw error;
      return new Map(references.map((reference) => [reference, { reference, error: error.message }]));
    }
  }

  /** Those that exist, by reference number; at most 1000 at a time. */
  async findOrders(references) {
    const rows = await this.#query({ referenceNumberList: references.map((referenceNumber) => ({ referenceNumber })) });
    return new Map(
      rows.map(({ referenceNumber, orderNumber }) => [referenceNumber, { reference: referenceNumber, orderNumber }]),
    );
  }

  /** Stop an order. Refused once it is picked. */
  async cancel(orderNumber, cancelReason) {
    for (const pause of PAUSES_MS) {
      try {
        checked(await this.#call('POST', '/3pp/outbound/v1/cancel', { orderNumber, cancelReason, cancelTime: wireTime(now()) }));
        return;
      } catch (error) {
        if (!(error instanceof Unclear)) throw error;
        await sleep(pause);
      }
      const rows = await this.#query({ orderNumberList: [{ orderNumber }] });
      if (rows.some((row) => row.orderStatus === 'Cancelled')) return;
    }
    throw new Unclear(`the cancellation of ${orderNumber}`);
  }

  async #query(question) {
    return (await this.#read('POST', '/3pp/outbound/v2/query', question)).data;
  }

  /** Stock by SKU and region, row by row. There is no total: the last page is the one that is not full. */
  async *snapshot(pageSize = 200) {
    for (let pageNumber = 1, full = true; full; pageNumber++) {
      const question = { skuList: [], serviceRegionList: [], pageNumber, pageSize };
      const rows = (await this.#read('POST', '/3pp/inventory/v2/snapshot', question)).data.SKUList;
      yield* rows;
      full = rows.length >= pageSize;
    }
  }

  /** Every movement of the SKUs from one epoch second to another, with MFSKUID, serviceRegion and inventoryStatus. */
  async *movements(skuIds, start, end) {
    for (const some of batches(skuIds, SKUS_A_CALL)) {
      for (const [first, last] of windows(start, end)) {
        const mfSkuList = some.map((mfSkuId) => ({ mfSkuId }));
        const question = { mfSkuList, startTime: wireTime(first), endTime: wireTime(last) };
        for (const { MFSKUID, serviceRegionList } of (await this.#read('POST', '/3pp/inventory/v1/movement', question)).data)
          for (const { serviceRegion, inventoryList } of serviceRegionList)
            for (const { inventoryStatus, movementList } of inventoryList)
              for (const movement of movementList) yield { ...movement, MFSKUID, serviceRegion, inventoryStatus };
      }
    }
  }

  /** A call that changes nothing, so that it can be repeated. */
  async #read(method, path, data) {
    for (const pause of PAUSES_MS) {
      try {
        return checked(await this.#call(method, path, data));
      } catch (error) {
        if (!(error instanceof Unclear)) throw error;
        await sleep(pause);
      }
    }
    return checked(await this.#call(method, path, data));
  }

  /** One call; with a fresh token, and once more with another where the token is refused. */
  async #call(method, path, data) {
    if (!this.#accessToken || Date.now() / 1000 >= this.#renewAt) await this.#renew();
    const url = new URL(this.baseUrl + path);
    const envelope = { apiVersion: '1.0', messageId: randomUUID(), timestamp: Date.now(), data };
    const body = method === 'GET' ? undefined : JSON.stringify(envelope); // signed and sent: the same text
    const send = () =>
      this.#fetch(url, {
        method,
        body,
        headers: {
          'Content-Type': 'application/json',
          clientKey: this.clientKey,
          vAuthorization: this.sign(url.pathname, body ?? ''),
          'Access-Token': `Bearer ${this.#accessToken}`,
        },
      });
    let response = await send();
    if (this.#refreshToken && tokenRefused(response)) {
      await this.#renew();
      response = await send();
    }
    return replyOf(response);
  }

  async #fetch(url, options) {
    try {
      const response = await fetch(url, { ...options, signal: AbortSignal.timeout(this.timeoutMs) });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new Unclear(`${url.pathname}: ${error.cause?.message ?? error.message}`);
    }
  }

  /** A new access token, before the old one expires or after it was refused. */
  #renew() {
    this.#renewal ??= this.#askForToken().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #askForToken() {
    const url = new URL(`${this.oauthUrl}/oauth/token`);
    const question = { grant_type: 'refresh_token', client_id: this.clientKey, refresh_token: this.#refreshToken };
    url.search = new URLSearchParams(question);
    const answer = replyOf(await this.#fetch(url, { method: 'POST' }));
    if (!answer.access_token) throw new Refused(`no new token: ${answer.error} ${answer.error_description}`);
    this.#accessToken = answer.access_token;
    this.#renewAt = Date.now() / 1000 + (answer.expires_in ?? 300) - RENEW_BEFORE_S;
    // It lasts a year. Where a new one comes back the old one may be dead: keep it where your keys are kept.
    this.#refreshToken = answer.refresh_token ?? this.#refreshToken;
  }
}

/** Over the very text that is sent: path|body|clientKey|secretKey, the path without its query. */
export function signature(path, body, clientKey, secretKey) {
  return createHash('md5').update([path, body, clientKey, secretKey].join('|')).digest('hex');
}

/** The reply, if it is one. The HTTP status says little here: most refusals come with 200. */
function replyOf({ status, text }) {
  if (status >= 500) throw new Unclear(`HTTP ${status}`);
  const reply = jsonOf(text);
  if (reply) return reply;
  if (status < 300) throw new Unclear(`HTTP ${status} without JSON: ${text.slice(0, 80)}`); // cut off, most likely
  throw new Refused(`HTTP ${status}`);
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Told by the envelope: code 0 is success, unless success says otherwise or there are errors. */
function failed({ code, success, errors }) {
  return code !== 0 || String(success ?? true) === 'false' || Boolean(errors?.length);
}

/** The first error's code and text, or the envelope's. */
function reason(reply) {
  const first = reply.errors?.[0] ?? reply;
  return `${first.code ?? reply.status} ${first.message ?? reply.message}`;
}

/** The reply to a call that is done as a whole or not at all. */
function checked(reply) {
  if (failed(reply)) throw new Refused(reason(reply));
  return reply;
}

/** HTTP 401, or an envelope whose message says so; how the vendor words it is not documented. */
function tokenRefused({ status, text }) {
  const reply = jsonOf(text);
  return status === 401 || Boolean(reply && failed(reply) && /token|authentication fail/i.test(reply.message ?? ''));
}

const known = (error) => error instanceof Refused || error instanceof Unclear;

/** What a reply says of each order; one that it does not speak of is left out. */
function outcomes(reply, asked) {
  const told = new Map();
  for (const { referenceNumber: reference, orderNumber } of reply.data ?? []) told.set(reference, { reference, orderNumber });
  for (const { referenceNumber, id, code, message } of reply.errors ?? []) {
    const reference = referenceNumber || id;
    told.set(reference, { reference, error: `${code} ${message}` });
  }
  const ours = asked.filter((reference) => told.has(reference));
  if (!ours.length && failed(reply))
    // The call itself was at fault, and no order of it was taken on.
    return new Map(asked.map((reference) => [reference, { reference, error: reason(reply) }]));
  return new Map(ours.map((reference) => [reference, told.get(reference)]));
}

/** Windows of less than 7 days. Both ends belong to a window, so that the next starts a second later. */
export function* windows(start, end) {
  for (; start <= end; start += LONGEST_WINDOW_S + 1) yield [start, Math.min(start + LONGEST_WINDOW_S, end)];
}

/** The items, at most so many at a time. */
export function* batches(items, size) {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** This second, since 1970. */
export const now = () => Math.floor(Date.now() / 1000);

/** Such as 2024-07-20T10:10:10+0000: the zone has no colon, and must be there. */
export const wireTime = (second) => new Date(second * 1000).toISOString().slice(0, 19) + '+0000';
