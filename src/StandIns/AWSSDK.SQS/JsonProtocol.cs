#nullable enable
using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Amazon.SQS;

/// <summary>One operation of SQS: JSON in, JSON out.</summary>
internal static class JsonProtocol
{
    public static InvokeOptions Operation<TRequest>(
        string name, Action<Utf8JsonWriter, TRequest> write, Func<JsonElement, AmazonWebServiceResponse> read)
        where TRequest : AmazonWebServiceRequest => new()
        {
            RequestMarshaller = new Writer<TRequest>(name, write),
            ResponseUnmarshaller = new Reader(read),
        };

    private sealed class Writer<TRequest>(string name, Action<Utf8JsonWriter, TRequest> write)
        : IMarshaller<IRequest, AmazonWebServiceRequest>
        where TRequest : AmazonWebServiceRequest
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            using var body = new MemoryStream();
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                write(json, (TRequest)input);
                json.WriteEndObject();
            }

            var request = new DefaultRequest(input, "Amazon.SQS")
            {
                HttpMethod = "POST",
                ResourcePath = "/",
                Content = body.ToArray(),
            };
            request.Headers["X-Amz-Target"] = $"AmazonSQS.{name}";
            request.Headers["Content-Type"] = "application/x-amz-json-1.0";
            // Asks for the error codes of the older protocol, which the SDK's callers know.
            request.Headers["x-amzn-query-mode"] = "true";
            return request;
        }
    }

    private sealed class Reader(Func<JsonElement, AmazonWebServiceResponse> read) : JsonResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext context)
        {
            using var json = Parse(context.Stream);
            return read(json.RootElement);
        }

        public override AmazonServiceException UnmarshallException(
            JsonUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
        {
            using var json = ParseOrEmpty(context.Stream);
            return SQSErrors.ToException(json.RootElement, context.ResponseData, innerException, statusCode);
        }

        private static JsonDocument Parse(Stream stream)
        {
            using var body = new MemoryStream();
            stream.CopyTo(body);
            // Operations without a result answer with an empty body or with {}.
            return JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body.ToArray());
        }

        // A proxy or a load balancer in between answers with HTML.
        private static JsonDocument ParseOrEmpty(Stream stream)
        {
            try
            {
                return Parse(stream);
            }
            catch (JsonException)
            {
                return JsonDocument.Parse("{}");
            }
        }
    }
}
