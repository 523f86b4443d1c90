import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batches, signature, windows, wireTime } from './oc_client.mjs';

const KEY = '11111111-1111-1111-1111-111111111111';
const SECRET = '22222222-2222-2222-2222-222222222222';

test('the signature is over path, body and both keys', () => {
  const path = '/openapi/3pp/sku/v3/query';
  assert.equal(signature(path, '{"data":{"page":1,"limit":200}}', KEY, SECRET), '0e785d9dc29d2766d1efee569bff0de6');
  assert.equal(signature(path, '', KEY, SECRET), '673279360752c8c14fdd93795423b47e');
});

test('windows leave no second out and have none twice', () => {
  const week = 7 * 86_400;
  assert.deepEqual([...windows(0, week)], [[0, week - 1], [week, week]]);
  assert.deepEqual([...windows(5, 5)], [[5, 5]]);
});

test('a batch is never too large', () => assert.deepEqual([...batches([1, 2, 3], 2)], [[1, 2], [3]]));

test('a time bears its zone without a colon', () => assert.equal(wireTime(0), '1970-01-01T00:00:00+0000'));
