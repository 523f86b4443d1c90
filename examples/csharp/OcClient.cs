using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace OrangeConnex
{
    /// <summary>The API said no; the same call again will get the same answer.</summary>
    public sealed class Refused : Exception
    {
        public Refused(string reason) : base(reason) { }
    }

    /// <summary>No answer, or none that can be read: the call may have been carried out, or not.</summary>
    public sealed class Unclear : Exception
    {
        public Unclear(string reason) : base(reason) { }
    }

    /// <summary>What became of an order: it has an order number, or an error, or nobody knows (neither of them).</summary>
    public sealed class Outcome
    {
        public string Reference, OrderNumber, Error;
    }

    /// <summary>A client of OrangeConnex's eBay fulfillment openAPI: the start of your own. No packages.</summary>
    public sealed class OcClient : IDisposable
    {
        private const int OrdersACall = 50; // documented
        private const int SkusACall = 50; // of a query of movements; no limit is documented
        private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(7 * 86400 - 1); // "less than 7 days"
        private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(60);
        private static readonly int[] PausesMs = { 500, 1000, 2000 };

        private readonly string baseUrl, oauthUrl, clientKey, secretKey;
        private readonly bool signsBody; // the vendor's stage signs an empty body
        private readonly HttpClient http;
        private string refreshToken, accessToken;
        private DateTime renewAt = DateTime.MaxValue; // of a token that was given nobody knows the age

        public OcClient(
            string baseUrl, string oauthUrl, string clientKey, string secretKey,
            string refreshToken, string accessToken, bool signsBody, TimeSpan timeout)
        {
            this.baseUrl = baseUrl;
            this.oauthUrl = oauthUrl;
            this.clientKey = clientKey;
            this.secretKey = secretKey;
            this.refreshToken = refreshToken;
            this.accessToken = accessToken;
            this.signsBody = signsBody;
            http = new HttpClient { Timeout = timeout };
        }

        public static OcClient FromEnvironment()
        {
            Func<string, string> read = name => Environment.GetEnvironmentVariable("OC_" + name) ?? "";
            double seconds;
            return new OcClient(
                read("BASE_URL"), read("OAUTH_URL"), read("CLIENT_KEY"), read("SECRET_KEY"),
                read("REFRESH_TOKEN"), read("ACCESS_TOKEN"), read("SIGNING") != "stage",
                TimeSpan.FromSeconds(double.TryParse(read("TIMEOUT_S"), out seconds) ? seconds : 20));
        }

        public void Dispose()
        {
            http.Dispose();
        }

        /// <summary>The codes of the shipping services of a region.</summary>
        public async Task<List<string>> Services(string region)
        {
            var reply = await Read<List<RegionRow>>(HttpMethod.Get, "/3pp/base/v1/service", null);
            return reply.Where(row => row.serviceRegion == region)
                .SelectMany(row => row.productList).Select(product => product.shippingServiceCode).ToList();
        }

        /// <summary>Places each order once, and tells of each what became of it. Reference numbers must be unique, now
        /// and for ever.</summary>
        public async Task<List<Outcome>> PlaceOrders(IReadOnlyCollection<Order> orders)
        {
            if (orders.Select(order => order.referenceNumber).Distinct().Count() < orders.Count)
                throw new ArgumentException("a reference number stands twice");
            var outcomes = new List<Outcome>();
            foreach (var batch in Batches(orders, OrdersACall))
            {
                var settled = await PlaceBatch(batch);
                outcomes.AddRange(batch.Select(order => order.referenceNumber).Select(
                    reference => settled.ContainsKey(reference) ? settled[reference] : new Outcome { Reference = reference }));
            }
            return outcomes;
        }

        private async Task<Dictionary<string, Outcome>> PlaceBatch(List<Order> waiting)
        {
            var settled = new Dictionary<string, Outcome>();
            foreach (var pause in PausesMs)
            {
                Add(settled, await PlaceOnce(waiting));
                waiting = waiting.Where(order => !settled.ContainsKey(order.referenceNumber)).ToList();
                if (waiting.Count == 0) break;
                // Nobody has said what became of these, and to place them again without a look would double them.
                await Task.Delay(pause);
                try
                {
                    Add(settled, await FindOrders(waiting.Select(order => order.referenceNumber)));
                }
                catch (Exception error) when (error is Refused || error is Unclear)
                {
                    break;
                }
                waiting = waiting.Where(order => !settled.ContainsKey(order.referenceNumber)).ToList();
                if (waiting.Count == 0) break;
            }
            return settled;
        }

        /// <summary>One attempt: what is known of it. An order that the reply does not speak of is left out.</summary>
        private async Task<IEnumerable<Outcome>> PlaceOnce(List<Order> orders)
        {
            try
            {
                var text = await Call(HttpMethod.Post, "/3pp/outbound/v1/creation", orders);
                var reply = Parse<Envelope<List<OrderRow>>>(text);
                var told = (reply.data ?? new List<OrderRow>()).Select(
                    row => new Outcome { Reference = row.referenceNumber, OrderNumber = row.orderNumber });
                var refused = (reply.errors ?? new List<ItemError>()).Select(
                    error => new Outcome { Reference = error.referenceNumber ?? error.id, Error = error.ToString() });
                var asked = new HashSet<string>(orders.Select(order => order.referenceNumber));
                var ours = told.Concat(refused).Where(each => each.Reference != null && asked.Contains(each.Reference)).ToList();
                // With none of ours in a failure the call itself was at fault, and no order of it was taken on.
                return ours.Count == 0 && reply.Failed ? AllRefused(orders, reply.Reason) : ours;
            }
            catch (Unclear)
            {
                return new Outcome[0];
            }
            catch (Refused refusal)
            {
                return AllRefused(orders, refusal.Message);
            }
        }

        private static IEnumerable<Outcome> AllRefused(IEnumerable<Order> orders, string why)
        {
            return orders.Select(order => new Outcome { Reference = order.referenceNumber, Error = why }).ToList();
        }

        /// <summary>Those that exist, of at most 1000.</summary>
        public async Task<IEnumerable<Outcome>> FindOrders(IEnumerable<string> references)
        {
            var rows = await Query(new OrderQuery
            {
                referenceNumberList = references.Select(each => new Reference { referenceNumber = each }).ToList(),
            });
            return rows.Select(row => new Outcome { Reference = row.referenceNumber, OrderNumber = row.orderNumber });
        }

        /// <summary>Stop an order. Refused once it is picked.</summary>
        public async Task Cancel(string orderNumber, string reason)
        {
            foreach (var pause in PausesMs)
            {
                var question = new Cancellation
                {
                    orderNumber = orderNumber, cancelReason = reason, cancelTime = WireTime(DateTime.UtcNow),
                };
                try
                {
                    Checked(Parse<Envelope<object>>(await Call(HttpMethod.Post, "/3pp/outbound/v1/cancel", question)));
                    return;
                }
                catch (Unclear)
                {
                }
                await Task.Delay(pause);
                var number = new OrderNumber { orderNumber = orderNumber };
                var rows = await Query(new OrderQuery { orderNumberList = new List<OrderNumber> { number } });
                if (rows.Any(row => row.orderStatus == "Cancelled")) return;
            }
            throw new Unclear("the cancellation of " + orderNumber);
        }

        private Task<List<OrderRow>> Query(OrderQuery question)
        {
            return Read<List<OrderRow>>(HttpMethod.Post, "/3pp/outbound/v2/query", question);
        }

        /// <summary>Stock by SKU and region. There is no total: the last page is the one that is not full.</summary>
        public async Task<List<StockRow>> Snapshot(int pageSize = 200)
        {
            var all = new List<StockRow>();
            for (var page = 1; ; page++)
            {
                var question = new SnapshotQuery { pageNumber = page, pageSize = pageSize };
                var rows = (await Read<StockPage>(HttpMethod.Post, "/3pp/inventory/v2/snapshot", question)).SKUList;
                all.AddRange(rows);
                if (rows.Count < pageSize) return all;
            }
        }

        /// <summary>Every movement of the SKUs between two times in UTC, both inside.</summary>
        public async Task<List<Movement>> Movements(IEnumerable<string> skuIds, DateTime start, DateTime end)
        {
            var found = new List<Movement>();
            foreach (var some in Batches(skuIds, SkusACall))
            {
                // Both ends belong to a window, so that the next starts a second later.
                for (var first = start; first <= end; first += LongestWindow + TimeSpan.FromSeconds(1))
                {
                    var last = first + LongestWindow < end ? first + LongestWindow : end;
                    var skus = await Read<List<SkuMovements>>(HttpMethod.Post, "/3pp/inventory/v1/movement", new MovementQuery
                    {
                        mfSkuList = some.Select(each => new SkuId { mfSkuId = each }).ToList(),
                        startTime = WireTime(first),
                        endTime = WireTime(last),
                    });
                    found.AddRange(
                        from sku in skus
                        from region in sku.serviceRegionList
                        from bucket in region.inventoryList
                        from movement in bucket.movementList
                        select movement.At(sku.MFSKUID, region.serviceRegion, bucket.inventoryStatus));
                }
            }
            return found;
        }

        /// <summary>A call that changes nothing, so that it can be repeated; its data.</summary>
        private async Task<T> Read<T>(HttpMethod method, string path, object question)
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    var text = await Call(method, path, question);
                    Checked(Parse<Envelope<object>>(text)); // of a refusal the data may be of another kind
                    return Parse<Envelope<T>>(text).data;
                }
                catch (Unclear) when (attempt < PausesMs.Length)
                {
                }
                await Task.Delay(PausesMs[attempt]);
            }
        }

        /// <summary>One call; with a fresh token, and once more with another where the token is refused.</summary>
        private async Task<string> Call(HttpMethod method, string path, object question)
        {
            if (accessToken == "" || DateTime.UtcNow >= renewAt) await Renew();
            // Signed and sent: the same bytes.
            var body = method == HttpMethod.Get ? new byte[0] : Json(question);
            var answer = await Send(method, path, body);
            if (refreshToken != "" && TokenRefused(answer))
            {
                await Renew();
                answer = await Send(method, path, body);
            }
            return answer.Text();
        }

        private Task<Answer> Send(HttpMethod method, string path, byte[] body)
        {
            var request = new HttpRequestMessage(method, baseUrl + path);
            if (method != HttpMethod.Get)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            }
            var signed = signsBody ? body : new byte[0];
            request.Headers.Add("clientKey", clientKey);
            request.Headers.Add("vAuthorization", Signature(request.RequestUri.AbsolutePath, signed, clientKey, secretKey));
            request.Headers.Add("Access-Token", "Bearer " + accessToken);
            return Exchange(request);
        }

        /// <summary>Over the very bytes that are sent: path|body|clientKey|secretKey, the path without its query.</summary>
        public static string Signature(string path, byte[] body, string clientKey, string secretKey)
        {
            var before = Encoding.UTF8.GetBytes(path + "|");
            var behind = Encoding.UTF8.GetBytes("|" + clientKey + "|" + secretKey);
            using (var md5 = MD5.Create())
                return string.Concat(md5.ComputeHash(before.Concat(body).Concat(behind).ToArray()).Select(each => each.ToString("x2")));
        }

        private async Task<Answer> Exchange(HttpRequestMessage request)
        {
            try
            {
                using (request)
                using (var response = await http.SendAsync(request))
                    return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
            }
            catch (Exception error) when (
                error is HttpRequestException || error is OperationCanceledException || error is IOException)
            {
                throw new Unclear(request.RequestUri.AbsolutePath + ": " + error.GetBaseException().Message);
            }
        }

        /// <summary>A new access token, before the old one expires or after it was refused.</summary>
        private async Task Renew()
        {
            var question = "grant_type=refresh_token&client_id=" + Uri.EscapeDataString(clientKey)
                + "&refresh_token=" + Uri.EscapeDataString(refreshToken);
            var answer = await Exchange(new HttpRequestMessage(HttpMethod.Post, oauthUrl + "/oauth/token?" + question));
            var token = Parse<Token>(answer.Text());
            if (token.access_token == null)
                throw new Refused("no new token: " + token.error + " " + token.error_description);
            accessToken = token.access_token;
            renewAt = DateTime.UtcNow + TimeSpan.FromSeconds(token.expires_in ?? 300) - RenewBefore;
            // It lasts a year. Where a new one comes back the old one may be dead: keep it where your keys are kept.
            refreshToken = token.refresh_token ?? refreshToken;
        }

        private static void Checked<T>(Envelope<T> reply)
        {
            if (reply.Failed) throw new Refused(reply.Reason);
        }

        /// <summary>HTTP 401, or an envelope whose message says so; how the vendor words it is not documented.</summary>
        private static bool TokenRefused(Answer answer)
        {
            if (answer.Status == 401) return true;
            try
            {
                var reply = Parse<Envelope<object>>(answer.Text());
                var message = (reply.message ?? "").ToLowerInvariant();
                return reply.Failed && (message.Contains("token") || message.Contains("authentication fail"));
            }
            catch (Exception error) when (error is Refused || error is Unclear)
            {
                return false;
            }
        }

        private static byte[] Json(object question)
        {
            var envelope = new Request
            {
                messageId = Guid.NewGuid().ToString(),
                timestamp = (long)(DateTime.UtcNow - new DateTime(1970, 1, 1)).TotalMilliseconds,
                data = question,
            };
            using (var stream = new MemoryStream())
            {
                var settings = new DataContractJsonSerializerSettings
                {
                    EmitTypeInformation = System.Runtime.Serialization.EmitTypeInformation.Never,
                    KnownTypes = new[] { question.GetType() },
                };
                new DataContractJsonSerializer(typeof(Request), settings).WriteObject(stream, envelope);
                return stream.ToArray();
            }
        }

        private static T Parse<T>(string text) where T : class
        {
            T value = null;
            try
            {
                using (var stream = new MemoryStream(Encoding.UTF8.GetBytes(text)))
                    value = (T)new DataContractJsonSerializer(typeof(T)).ReadObject(stream);
            }
            catch (Exception) // the serializer throws whatever it stumbled over; all of it means that the text is no reply
            {
            }
            if (value == null) throw new Unclear("no JSON that makes sense: " + text.Substring(0, Math.Min(80, text.Length)));
            return value;
        }

        private static void Add(Dictionary<string, Outcome> settled, IEnumerable<Outcome> outcomes)
        {
            foreach (var each in outcomes) settled[each.Reference] = each;
        }

        private static IEnumerable<List<T>> Batches<T>(IEnumerable<T> items, int size)
        {
            return items.Select((item, at) => new { item, at }).GroupBy(each => each.at / size, each => each.item)
                .Select(group => group.ToList());
        }

        /// <summary>Such as 2024-07-20T10:10:10+0000: the zone has no colon, and must be there.</summary>
        private static string WireTime(DateTime utc)
        {
            return utc.ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", System.Globalization.CultureInfo.InvariantCulture);
        }

        private sealed class Answer
        {
            public readonly int Status;
            private readonly byte[] body;

            public Answer(int status, byte[] body)
            {
                Status = status;
                this.body = body;
            }

            /// <summary>The reply, if it is one. The HTTP status says little here: most refusals come with 200.</summary>
            public string Text()
            {
                if (Status >= 500) throw new Unclear("HTTP " + Status);
                var text = Encoding.UTF8.GetString(body);
                if (Status >= 400 && !text.StartsWith("{")) throw new Refused("HTTP " + Status);
                return text;
            }
        }
    }
}
