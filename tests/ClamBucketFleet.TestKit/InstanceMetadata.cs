using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ClamBucketFleet.TestKit;

/// <summary>
/// EC2's instance metadata by the rules of IMDSv2, whoever serves it: a token is got by PUT, and without one there is
/// nothing. It holds a region, and a role with its credentials; tests set the rest.
/// </summary>
public sealed class InstanceMetadata
{
    public const string InstanceId = "i-0123456789abcdef0";
    public const string TokenHeader = "X-aws-ec2-metadata-token";

    private const string Role = "clambucketfleet";
    private const int LongestLife = 21_600;

    private readonly ConcurrentDictionary<string, string> _documents = new();
    private readonly ConcurrentDictionary<string, bool> _tokens = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly string _region;
    private int _made;

    public InstanceMetadata(string region)
    {
        var now = TimeProvider.System.GetUtcNow();
        _region = region;
        SetInstanceId(InstanceId);
        this["placement/region"] = region;
        this["placement/availability-zone"] = $"{region}a";
        // The .NET SDK asks for this before it asks for the credentials.
        this["iam/info"] = JsonSerializer.Serialize(new
        {
            Code = "Success",
            LastUpdated = now,
            InstanceProfileArn = $"arn:aws:iam::123456789012:instance-profile/{Role}",
            InstanceProfileId = "AIPAEXAMPLE",
        });
        this["iam/security-credentials"] = Role;
        SetCredentials("ASIAEXAMPLEEXAMPLE00", "secret", "session");
    }

    /// <summary>Answers everything with this where it is set.</summary>
    public HttpStatusCode? Trouble { get; set; }

    /// <summary>Tokens that were given out.</summary>
    public int Tokens => Volatile.Read(ref _made);

    /// <summary>Every request, as in <c>GET /latest/meta-data/instance-id</c>.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>A document below <c>/latest/meta-data/</c>; null takes it away.</summary>
    public string? this[string path]
    {
        set
        {
            if (value is null)
                _documents.TryRemove($"/latest/meta-data/{path}", out _);
            else
                _documents[$"/latest/meta-data/{path}"] = value;
        }
    }

    /// <summary>
    /// What cloud-init asks for at an instance's first boot: who it is, whose key opens its first account (a line of
    /// authorized_keys), and the user data. No notice that went before was for this one.
    /// </summary>
    public void Describe(string id, string hostName, string publicKey, string userData)
    {
        SetInstanceId(id);
        this["local-hostname"] = hostName;
        this["public-keys"] = "0=key";
        this["public-keys/0/openssh-key"] = publicKey;
        _documents["/latest/user-data"] = userData;
        this["spot/instance-action"] = null;
        this["events/recommendations/rebalance"] = null;
        SetTargetState(null);
    }

    /// <summary>Those of the instance's role.</summary>
    public void SetCredentials(string accessKey, string secretKey, string sessionToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        this[$"iam/security-credentials/{Role}"] = JsonSerializer.Serialize(new
        {
            Code = "Success",
            LastUpdated = now,
            Type = "AWS-HMAC",
            AccessKeyId = accessKey,
            SecretAccessKey = secretKey,
            Token = sessionToken,
            Expiration = now + TimeSpan.FromHours(6),
        });
    }

    /// <summary>The notice that EC2 gives a Spot instance.</summary>
    public void InterruptAt(DateTimeOffset time) => this["spot/instance-action"] =
        JsonSerializer.Serialize(new { action = "terminate", time = Format(time) });

    /// <summary>The recommendation that EC2 gives a Spot instance.</summary>
    public void RecommendRebalance(DateTimeOffset time) => this["events/recommendations/rebalance"] =
        JsonSerializer.Serialize(new { noticeTime = Format(time) });

    /// <summary>The state that the group has for the instance; null where it is in none.</summary>
    public void SetTargetState(string? state) => this["autoscaling/target-lifecycle-state"] = state;

    /// <summary>Knows no token any more that was given out so far.</summary>
    public void ForgetTokens() => _tokens.Clear();

    /// <param name="method">GET or PUT.</param>
    /// <param name="path">From the first slash on.</param>
    /// <param name="header">A header's value by its name, or null.</param>
    public (HttpStatusCode Status, string Body) Answer(string method, string path, Func<string, string?> header)
    {
        _requests.Enqueue($"{method} {path}");
        if (Trouble is { } trouble) return (trouble, "");
        if (method == "PUT" && path == "/latest/api/token") return NewToken(header($"{TokenHeader}-ttl-seconds"));
        if (method != "GET") return (HttpStatusCode.MethodNotAllowed, "");
        if (header(TokenHeader) is not { } token || !_tokens.ContainsKey(token)) return (HttpStatusCode.Unauthorized, "");
        var latest = InLatest(path);
        return (_documents.GetValueOrDefault(latest) ?? List(latest)) is { } document
            ? (HttpStatusCode.OK, document)
            : (HttpStatusCode.NotFound, "");
    }

    // All versions have the same documents; cloud-init asks for one of them.
    private static string InLatest(string path) => $"/latest/{string.Join('/', path.Trim('/').Split('/')[1..])}";

    // The members of what is no document, those with members of their own with a slash behind them.
    private string? List(string directory)
    {
        var members = _documents.Keys.Where(path => path.StartsWith($"{directory}/", StringComparison.Ordinal))
            .Select(path => path[(directory.Length + 1)..].Split('/'))
            .Select(names => names.Length > 1 ? $"{names[0]}/" : names[0])
            .ToHashSet();
        members.RemoveWhere(member => members.Contains($"{member}/"));
        return members.Count > 0 ? string.Join('\n', members.Order(StringComparer.Ordinal)) : null;
    }

    private void SetInstanceId(string id)
    {
        this["instance-id"] = id;
        _documents["/latest/dynamic/instance-identity/document"] = JsonSerializer.Serialize(new { region = _region, instanceId = id });
    }

    private (HttpStatusCode, string) NewToken(string? life)
    {
        if (!int.TryParse(life, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > LongestLife)
            return (HttpStatusCode.BadRequest, "");
        var token = $"token-{Interlocked.Increment(ref _made)}";
        _tokens[token] = true;
        return (HttpStatusCode.OK, token);
    }

    private static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
