using System.Globalization;
using System.Text.Json;
using ClamBucketFleet.Bench.Corpora;
using Microsoft.AspNetCore.Http;

namespace ClamBucketFleet.Bench.Stub;

/// <summary>The operations of SQS that the daemon uses, in its JSON protocol.</summary>
internal static class SqsService
{
    public const string Url = "https://sqs.eu-west-1.amazonaws.com/123456789012/bench";

    public static async Task HandleAsync(World world, string operation, HttpContext http)
    {
        world.Count(operation);
        using var request = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var input = request.RootElement;
        http.Response.ContentType = "application/x-amz-json-1.0";
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            switch (operation)
            {
                case "ReceiveMessage":
                    await ReceiveAsync(world, input, json, http.RequestAborted);
                    break;
                case "DeleteMessage":
                    Delete(world, input);
                    break;
                case "DeleteMessageBatch":
                    Each(json, input, entry => Delete(world, entry));
                    break;
                case "ChangeMessageVisibility":
                    if (!Change(world, input))
                        Refuse(http, json);
                    break;
                case "GetQueueAttributes":
                    Attributes(world, json);
                    break;
                case "SendMessage":
                    json.WriteString("MessageId", "0");
                    break;
                default:
                    http.Response.StatusCode = StatusCodes.Status400BadRequest;
                    json.WriteString("__type", "com.amazonaws.sqs#UnsupportedOperation");
                    json.WriteString("message", $"The stub knows no {operation}");
                    break;
            }

            json.WriteEndObject();
        }

        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static async Task ReceiveAsync(World world, JsonElement input, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var deliveries = await world.Queue.ReceiveAsync(
            Number(input, "MaxNumberOfMessages", 1),
            TimeSpan.FromSeconds(Number(input, "VisibilityTimeout", 30)),
            TimeSpan.FromSeconds(Number(input, "WaitTimeSeconds", 0)),
            cancellationToken);
        if (deliveries.Count == 0)
            return;
        json.WriteStartArray("Messages");
        var sent = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        foreach (var delivery in deliveries)
        {
            json.WriteStartObject();
            json.WriteString("MessageId", $"{delivery.Message:D8}-0000-0000-0000-000000000000");
            json.WriteString("ReceiptHandle", $"{delivery.Message}.{delivery.Count}");
            json.WriteString("Body", Body(delivery.Message, world.Of(delivery.Message)));
            json.WriteStartObject("Attributes");
            json.WriteString("ApproximateReceiveCount", delivery.Count.ToString(CultureInfo.InvariantCulture));
            json.WriteString("SentTimestamp", sent);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // As S3 sends it.
    private static string Body(int message, CorpusObject entry) => $$$$"""
        {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"{{{{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}}}}","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AIDA"},"requestParameters":{"sourceIPAddress":"192.0.2.1"},"responseElements":{"x-amz-request-id":"0"},"s3":{"s3SchemaVersion":"1.0","configurationId":"bench","bucket":{"name":"{{{{World.Bucket}}}}","arn":"arn:aws:s3:::{{{{World.Bucket}}}}"},"object":{"key":"{{{{World.KeyOf(message, entry)}}}}","size":{{{{entry.Size}}}},"eTag":"{{{{entry.ETag}}}}","sequencer":"0A1B2C3D4E5F678901"}}}]}
        """;

    private static void Each(Utf8JsonWriter json, JsonElement input, Action<JsonElement> act)
    {
        json.WriteStartArray("Successful");
        foreach (var entry in input.GetProperty("Entries").EnumerateArray())
        {
            act(entry);
            json.WriteStartObject();
            json.WriteString("Id", entry.GetProperty("Id").GetString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("Failed");
        json.WriteEndArray();
    }

    private static void Delete(World world, JsonElement entry)
    {
        if (!world.Queue.Delete(ReceiptOf(entry).Message))
            world.Count("delete of what is deleted");
    }

    private static bool Change(World world, JsonElement input) =>
        world.Queue.ChangeVisibility(ReceiptOf(input), TimeSpan.FromSeconds(Number(input, "VisibilityTimeout", 0)));

    private static void Refuse(HttpContext http, Utf8JsonWriter json)
    {
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.Headers["x-amzn-query-error"] = "InvalidParameterValue;Sender";
        json.WriteString("__type", "com.amazonaws.sqs#InvalidParameterValue");
        json.WriteString("message", "The receipt handle has expired.");
    }

    private static void Attributes(World world, Utf8JsonWriter json)
    {
        var (waiting, inFlight) = world.Queue.Depths;
        json.WriteStartObject("Attributes");
        json.WriteString("ApproximateNumberOfMessages", waiting.ToString(CultureInfo.InvariantCulture));
        json.WriteString("ApproximateNumberOfMessagesNotVisible", inFlight.ToString(CultureInfo.InvariantCulture));
        json.WriteString("ApproximateNumberOfMessagesDelayed", "0");
        json.WriteString("RedrivePolicy", """{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead","maxReceiveCount":5}""");
        json.WriteEndObject();
    }

    private static Receipt ReceiptOf(JsonElement entry)
    {
        var parts = entry.GetProperty("ReceiptHandle").GetString()!.Split('.');
        return new Receipt(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static int Number(JsonElement input, string name, int otherwise) =>
        input.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;
}
