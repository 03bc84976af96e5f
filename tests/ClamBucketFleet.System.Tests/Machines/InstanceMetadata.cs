using System.Net;
using System.Text.Json;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>EC2's instance metadata (IMDSv2 alone): a region, and a role with its credentials.</summary>
internal static class InstanceMetadata
{
    public const string Address = "169.254.169.254";

    private const string Role = "clambucketfleet";
    private const string Token = "token";
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string Path = "/latest/meta-data";

    public static HttpServer Start(Network network, string region)
    {
        var documents = Documents(region);
        return new HttpServer(network, new IPEndPoint(IPAddress.Parse(Address), 80), Answer);

        HttpAnswer Answer(HttpCall call)
        {
            if (call is { Method: "PUT", Path: "/latest/api/token" })
            {
                return call.Headers.TryGetValue($"{TokenHeader}-ttl-seconds", out var ttl)
                    ? HttpAnswer.Text(Token, ($"{TokenHeader}-ttl-seconds", ttl))
                    : HttpAnswer.Only(HttpStatusCode.BadRequest);
            }
            if (call.Headers.GetValueOrDefault(TokenHeader) != Token) return HttpAnswer.Only(HttpStatusCode.Unauthorized);
            return documents.GetValueOrDefault(call.Path.TrimEnd('/')) is { } document
                ? HttpAnswer.Text(document)
                : HttpAnswer.Only(HttpStatusCode.NotFound);
        }
    }

    private static Dictionary<string, string> Documents(string region)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new()
        {
            [$"{Path}/placement/region"] = region,
            [$"{Path}/placement/availability-zone"] = $"{region}a",
            ["/latest/dynamic/instance-identity/document"] = JsonSerializer.Serialize(new { region }),
            // The .NET SDK asks for this before it asks for the credentials.
            [$"{Path}/iam/info"] = JsonSerializer.Serialize(new
            {
                Code = "Success",
                LastUpdated = now,
                InstanceProfileArn = $"arn:aws:iam::123456789012:instance-profile/{Role}",
                InstanceProfileId = "AIPAEXAMPLE",
            }),
            [$"{Path}/iam/security-credentials"] = Role,
            [$"{Path}/iam/security-credentials/{Role}"] = JsonSerializer.Serialize(new
            {
                Code = "Success",
                LastUpdated = now,
                Type = "AWS-HMAC",
                AccessKeyId = "ASIAEXAMPLEEXAMPLE00",
                SecretAccessKey = "secret",
                Token = "session",
                Expiration = now + TimeSpan.FromHours(6),
            }),
        };
    }
}
