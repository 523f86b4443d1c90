using System.Collections.Generic;
using System.Linq;
using System.Runtime.Serialization;

// The fields of requests and replies under the names that they have on the wire. Only what the example uses is here;
// what else a reply has is passed over.
namespace OrangeConnex
{
    [DataContract]
    public class Request
    {
        [DataMember] public string apiVersion = "1.0";
        [DataMember] public string messageId;
        [DataMember] public long timestamp;
        [DataMember] public object data;
    }

    [DataContract]
    public class Envelope<T>
    {
        [DataMember] public int? code;
        [DataMember] public object success; // a truth value, or the same as text
        [DataMember] public int? status; // of a web server's own answer, such as 404; it has no code
        [DataMember] public string message;
        [DataMember] public List<ItemError> errors;
        [DataMember] public T data;

        /// <summary>Code 0 is success, unless success says otherwise or there are errors.</summary>
        public bool Failed
        {
            get
            {
                return code != 0 || (success != null && success.ToString().ToLowerInvariant() == "false")
                    || (errors != null && errors.Count > 0);
            }
        }

        /// <summary>The first error's code and text, or the envelope's.</summary>
        public string Reason
        {
            get { return errors != null && errors.Count > 0 ? errors.First().ToString() : (code ?? status) + " " + message; }
        }
    }

    [DataContract]
    public class ItemError
    {
        [DataMember] public string code;
        [DataMember] public string message;
        [DataMember] public string id;
        [DataMember] public string referenceNumber;

        public override string ToString()
        {
            return code + " " + message;
        }
    }

    [DataContract]
    public class Token
    {
        [DataMember] public string access_token;
        [DataMember] public string refresh_token;
        [DataMember] public int? expires_in;
        [DataMember] public string error;
        [DataMember] public string error_description;
    }

    [DataContract]
    public class RegionRow
    {
        [DataMember] public string serviceRegion;
        [DataMember] public List<Service> productList;
    }

    [DataContract]
    public class Service
    {
        [DataMember] public string shippingServiceCode;
    }

    [DataContract]
    public class Order
    {
        [DataMember] public string referenceNumber;
        [DataMember] public string orderPlatform;
        [DataMember] public string serviceRegion;
        [DataMember] public string shippingServiceCode;
        [DataMember] public string consigneeName;
        [DataMember] public string consigneeAddress1;
        [DataMember] public string consigneeCity;
        [DataMember] public string consigneeCountryCode;
        [DataMember] public string consigneeZipCode;
        [DataMember] public List<Product> productList;
    }

    [DataContract]
    public class Product
    {
        [DataMember] public string MFSKUID;
        [DataMember] public int SKUQuantity;
    }

    [DataContract]
    public class OrderRow
    {
        [DataMember] public string orderNumber;
        [DataMember] public string referenceNumber;
        [DataMember] public string orderStatus;
    }

    [DataContract]
    public class OrderQuery
    {
        [DataMember(EmitDefaultValue = false)] public List<OrderNumber> orderNumberList;
        [DataMember(EmitDefaultValue = false)] public List<Reference> referenceNumberList;
    }

    [DataContract]
    public class OrderNumber
    {
        [DataMember] public string orderNumber;
    }

    [DataContract]
    public class Reference
    {
        [DataMember] public string referenceNumber;
    }

    [DataContract]
    public class Cancellation
    {
        [DataMember] public string orderNumber;
        [DataMember] public string cancelReason;
        [DataMember] public string cancelTime;
    }

    [DataContract]
    public class SnapshotQuery
    {
        [DataMember] public List<SkuId> skuList = new List<SkuId>();
        [DataMember] public int pageNumber;
        [DataMember] public int pageSize;
    }

    [DataContract]
    public class StockPage
    {
        [DataMember] public List<StockRow> SKUList;
    }

    [DataContract]
    public class StockRow
    {
        [DataMember] public string MFSKUID;
        [DataMember] public string serviceRegion;
        [DataMember] public int available;
        [DataMember] public int inTransit;
        [DataMember] public int reservedAllocated;
    }

    [DataContract]
    public class MovementQuery
    {
        [DataMember] public List<SkuId> mfSkuList;
        [DataMember] public string startTime;
        [DataMember] public string endTime;
    }

    [DataContract]
    public class SkuId
    {
        [DataMember] public string mfSkuId;
    }

    [DataContract]
    public class SkuMovements
    {
        [DataMember] public string MFSKUID;
        [DataMember] public List<RegionMovements> serviceRegionList;
    }

    [DataContract]
    public class RegionMovements
    {
        [DataMember] public string serviceRegion;
        [DataMember] public List<BucketMovements> inventoryList;
    }

    [DataContract]
    public class BucketMovements
    {
        [DataMember] public string inventoryStatus;
        [DataMember] public List<Movement> movementList;
    }

    [DataContract]
    public class Movement
    {
        public string MFSKUID, ServiceRegion, InventoryStatus;
        [DataMember] public int quantity; // negative when pieces leave the bucket
        [DataMember] public int actualCount;
        [DataMember] public string reason;
        [DataMember] public string orderNumber;
        [DataMember] public string updateTime;

        public Movement At(string skuId, string region, string bucket)
        {
            MFSKUID = skuId;
            ServiceRegion = region;
            InventoryStatus = bucket;
            return this;
        }
    }
}
