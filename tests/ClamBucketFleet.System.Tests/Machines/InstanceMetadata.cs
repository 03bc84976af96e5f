using System.Net;
using System.Text.Json;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>What an instance is told of itself.</summary>
/// <param name="PublicKey">A line of authorized_keys: whose key opens the account admin.</param>
internal sealed record Instance(string Id, string PublicKey, string UserData)
{
    public string HostName => $"ip-{Id[2..]}";
}

/// <summary>
/// EC2's instance metadata (IMDSv2 alone): a region, and a role with its credentials; for an instance also who it is, its
/// key and its user data, as cloud-init asks for them: by lists, and by a version in place of <c>latest</c>.
/// </summary>
internal static class InstanceMetadata
{
    public const string Address = "169.254.169.254";

    private const string Role = "clambucketfleet";
    private const string Token = "token";
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string Path = "meta-data";

    public static HttpServer Start(Network network, string region, Instance? instance = null)
    {
        var documents = Documents(region);
        if (instance is not null) Add(documents, instance, region);
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

            var path = string.Join('/', call.Path.Trim('/').Split('/').Skip(1));
            return (documents.GetValueOrDefault(path) ?? List(documents.Keys, path)) is { } document
                ? HttpAnswer.Text(document)
                : HttpAnswer.Only(HttpStatusCode.NotFound);
        }
    }

    // A directory's members, those with members of their own with a slash behind them.
    private static string? List(IEnumerable<string> paths, string directory)
    {
        var members = paths.Where(path => path.StartsWith($"{directory}/", StringComparison.Ordinal))
            .Select(path => path[(directory.Length + 1)..].Split('/'))
            .Select(names => names.Length > 1 ? $"{names[0]}/" : names[0])
            .Distinct().ToList();
        // What has members of its own is a list, whatever else it says.
        members.RemoveAll(member => members.Contains($"{member}/"));
        return members.Count > 0 ? string.Join('\n', members) : null;
    }

    private static void Add(Dictionary<string, string> documents, Instance instance, string region)
    {
        documents["user-data"] = instance.UserData;
        documents[$"{Path}/instance-id"] = instance.Id;
        documents[$"{Path}/local-hostname"] = instance.HostName;
        documents[$"{Path}/public-keys"] = "0=key";
        documents[$"{Path}/public-keys/0/openssh-key"] = instance.PublicKey;
        documents["dynamic/instance-identity/document"] = JsonSerializer.Serialize(new { region, instanceId = instance.Id });
    }

    private static Dictionary<string, string> Documents(string region)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new()
        {
            [$"{Path}/placement/region"] = region,
            [$"{Path}/placement/availability-zone"] = $"{region}a",
            ["dynamic/instance-identity/document"] = JsonSerializer.Serialize(new { region }),
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
