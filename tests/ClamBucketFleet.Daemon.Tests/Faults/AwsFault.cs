using System.Net;
using System.Text;
using ClamBucketFleet.Daemon.Tests.Run;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>What goes wrong with a request, as each service words it.</summary>
internal static class AwsFault
{
    public static Hook ServerError(AwsRequest request) => request switch
    {
        { Target: not null } => Answer(500, "application/x-amz-json-1.0", """{"__type":"com.amazonaws.sqs#InternalError","message":"We encountered an internal error."}"""),
        { Url: "/" } => Answer(500, "text/xml", Sns("Receiver", "InternalError")),
        _ => Answer(500, "application/xml", S3("InternalError")),
    };

    public static Hook Throttled(AwsRequest request) => request switch
    {
        { Target: not null } => Answer(400, "application/x-amz-json-1.0", """{"__type":"com.amazonaws.sqs#ThrottlingException","message":"Rate exceeded"}"""),
        { Url: "/" } => Answer(400, "text/xml", Sns("Sender", "Throttling")),
        _ => Answer(503, "application/xml", S3("SlowDown")),
    };

    public static Hook Answer(int status, string type, string text) => new()
    {
        Answer = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            // There is no body to the answer to a HEAD.
            if (context.Request.HttpMethod == "HEAD") return;
            var bytes = Encoding.UTF8.GetBytes(text);
            context.Response.ContentLength64 = bytes.Length;
            await context.Response.OutputStream.WriteAsync(bytes);
        },
    };

    public static Hook PreconditionFailed
        => Answer((int)HttpStatusCode.PreconditionFailed, "application/xml", S3("PreconditionFailed"));

    private static string S3(string code) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>{code}</Code><Message>Please try again.</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>
        """;

    private static string Sns(string who, string code) => $"""
        <ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
        <Error><Type>{who}</Type><Code>{code}</Code><Message>Rate exceeded</Message></Error><RequestId>1-2-3</RequestId></ErrorResponse>
        """;
}
