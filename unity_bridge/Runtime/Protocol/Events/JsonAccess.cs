using System;
using Newtonsoft.Json.Linq;

namespace Solami.Protocol
{
    /// <summary>Fields of JSON objects, with one clear error where a message lacks what it must have.</summary>
    internal static class JsonAccess
    {
        public static JObject ObjectAt(JObject parent, string key)
        {
            return Required<JObject>(parent, key);
        }

        public static string TextAt(JObject parent, string key)
        {
            JValue value = Required<JValue>(parent, key);
            if (value.Type != JTokenType.String)
            {
                throw Invalid(key);
            }
            return (string)value;
        }

        public static string TextOr(JObject parent, string key, string otherwise)
        {
            JToken value = parent[key];
            return value != null && value.Type == JTokenType.String ? (string)value : otherwise;
        }

        public static double NumberAt(JObject parent, string key)
        {
            double value = NumberOr(parent, key, double.NaN);
            if (double.IsNaN(value))
            {
                throw Invalid(key);
            }
            return value;
        }

        public static double NumberOr(JObject parent, string key, double otherwise)
        {
            JToken value = parent[key];
            bool isNumber = value != null && (value.Type == JTokenType.Integer || value.Type == JTokenType.Float);
            return isNumber ? (double)value : otherwise;
        }

        public static string[] TextsAt(JObject parent, string key)
        {
            JArray array = Required<JArray>(parent, key);
            var texts = new string[array.Count];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = (string)array[i];
            }
            return texts;
        }

        public static byte[] BytesAt(JObject parent, string key)
        {
            try
            {
                return Convert.FromBase64String(TextAt(parent, key));
            }
            catch (FormatException)
            {
                throw Invalid(key);
            }
        }

        private static T Required<T>(JObject parent, string key) where T : JToken
        {
            T value = parent[key] as T;
            if (value == null)
            {
                throw Invalid(key);
            }
            return value;
        }

        private static ProtocolException Invalid(string key)
        {
            return new ProtocolException("invalid_event", $"The event has no usable field '{key}'.");
        }
    }
}
