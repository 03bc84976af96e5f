using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClamBucketFleet.Core.Tests.Messages;

/// <summary>Messages as AWS sends them.</summary>
internal static class Bodies
{
    public static string S3Event(params (string Name, string EncodedKey)[] records) => new JsonObject
    {
        ["Records"] = new JsonArray([.. records.Select(r => (JsonNode)S3Record(r.Name, r.EncodedKey))]),
    }.ToJsonString();

    public static string Created(string encodedKey) => S3Event(("ObjectCreated:Put", encodedKey));

    public static string Sns(string message) => JsonSerializer.Serialize(new
    {
        Type = "Notification",
        MessageId = "6e2f5d0a-0d5f-5f8e-9c77-0f0e2f6f3a11",
        TopicArn = "arn:aws:sns:eu-west-1:123456789012:uploads",
        Subject = "Amazon S3 Notification",
        Message = message,
        Timestamp = "2026-01-01T00:00:00.000Z",
        SignatureVersion = "1",
    });

    public static string EventBridge(string key, string detailType = "Object Created", string source = "aws.s3") =>
        new JsonObject
        {
            ["version"] = "0",
            ["id"] = "17793124-05d4-b198-2fde-7ededc63b103",
            ["detail-type"] = detailType,
            ["source"] = source,
            ["account"] = "123456789012",
            ["time"] = "2026-01-01T00:00:00Z",
            ["region"] = "eu-west-1",
            ["resources"] = new JsonArray("arn:aws:s3:::bucket"),
            ["detail"] = new JsonObject
            {
                ["version"] = "0",
                ["bucket"] = new JsonObject { ["name"] = "bucket" },
                ["object"] = new JsonObject
                {
                    ["key"] = key,
                    ["size"] = 5,
                    ["etag"] = "b1946ac92492d2347c6235b4d2611184",
                    ["version-id"] = "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
                    ["sequencer"] = "617f08299329d189",
                },
                ["request-id"] = "N4N7GDK58NMKJ12R",
                ["reason"] = "PutObject",
            },
        }.ToJsonString();

    private static JsonObject S3Record(string name, string encodedKey) => new()
    {
        ["eventVersion"] = "2.1",
        ["eventSource"] = "aws:s3",
        ["awsRegion"] = "eu-west-1",
        ["eventTime"] = "2026-01-01T00:00:00.123Z",
        ["eventName"] = name,
        ["userIdentity"] = new JsonObject { ["principalId"] = "AWS:AIDA" },
        ["s3"] = new JsonObject
        {
            ["s3SchemaVersion"] = "1.0",
            ["configurationId"] = "scan",
            ["bucket"] = new JsonObject { ["name"] = "bucket", ["arn"] = "arn:aws:s3:::bucket" },
            ["object"] = new JsonObject
            {
                ["key"] = encodedKey,
                ["size"] = 5,
                ["eTag"] = "b1946ac92492d2347c6235b4d2611184",
                ["versionId"] = "096fKKXTRTtl3on89fVO.nfljtsv6qko",
                ["sequencer"] = "0055AED6DCD90281E5",
            },
        },
    };
}
