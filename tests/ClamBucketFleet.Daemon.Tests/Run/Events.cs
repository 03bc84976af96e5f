namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>Messages as AWS writes them.</summary>
internal static class Events
{
    public static string S3(params (string Bucket, string Key, string? ETag, string? VersionId)[] objects)
        => $$"""{"Records":[{{string.Join(',', objects.Select(Record))}}]}""";

    public static string S3(string bucket, string key, string? etag, string? versionId = null)
        => S3((bucket, key, etag, versionId));

    public static string EventBridge(string bucket, string key, string etag) => $$"""
        {"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":"Object Created","source":"aws.s3",
         "account":"123456789012","time":"2026-11-12T00:00:00Z","region":"eu-west-1","resources":["arn:aws:s3:::{{bucket}}"],
         "detail":{"version":"0","bucket":{"name":"{{bucket}}" },
          "object":{"key":"{{key}}","size":5,"etag":"{{etag}}","sequencer":"00617F08299329D189"},
          "request-id":"N4N7GDK58NMKJ12R","requester":"123456789012","reason":"PutObject"} }
        """;

    private static string Record((string Bucket, string Key, string? ETag, string? VersionId) item) => $$"""
        {"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-11-21T12:00:00.000Z",
         "eventName":"ObjectCreated:Put","s3":{"s3SchemaVersion":"1.0","bucket":{"name":"{{item.Bucket}}" },
         "object":{"key":"{{Uri.EscapeDataString(item.Key)}}","size":1,"sequencer":"0055AED6DCD90281E5"
           {{Field("eTag", item.ETag)}}{{Field("versionId", item.VersionId)}} } } }
        """;

    private static string Field(string name, string? value) => value is null ? "" : $",\"{name}\":\"{value}\"";
}
