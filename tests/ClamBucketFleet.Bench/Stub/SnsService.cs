using Microsoft.AspNetCore.Http;

namespace ClamBucketFleet.Bench.Stub;

/// <summary>SNS's <c>Publish</c>, in its query protocol.</summary>
internal static class SnsService
{
    public const string Topic = "arn:aws:sns:eu-west-1:123456789012:bench";

    public static async Task HandleAsync(World world, HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var operation = form["Action"].ToString();
        world.Count(operation);
        if (operation != "Publish")
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync($"<ErrorResponse><Error><Code>InvalidAction</Code><Message>The stub knows no {operation}</Message></Error></ErrorResponse>");
            return;
        }

        var attributes = form.Where(field => field.Key.EndsWith(".Name", StringComparison.Ordinal))
            .ToDictionary(field => field.Value.ToString(), field => form[field.Key[..^".Name".Length] + ".Value.StringValue"].ToString());
        var about = world.MessageOf(attributes.GetValueOrDefault("key", ""));
        world.Alerted($"{about?.ToString() ?? "?"} {attributes.GetValueOrDefault("status")} {attributes.GetValueOrDefault("action")}");
        http.Response.ContentType = "text/xml";
        await http.Response.WriteAsync(
            """<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>0</MessageId></PublishResult><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></PublishResponse>""",
            http.RequestAborted);
    }
}
