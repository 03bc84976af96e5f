using System.Text.Json;
using System.Text.Json.Nodes;
using ClamBucketFleet.Daemon.Tests.Cli;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>Credentials for a role, as an instance gets them, and what was asked with them. Another session's are not mixed in.</summary>
/// <param name="moto">Keeps account of what was asked.</param>
/// <param name="arn">The session's, as IAM names the caller.</param>
/// <param name="variables">What the SDK gets from the instance's metadata, as environment variables.</param>
internal sealed class RoleSession(MotoServer moto, string arn, IReadOnlyDictionary<string, string> variables)
{
    private static readonly HttpClient Http = new();

    public IReadOnlyDictionary<string, string> Variables => variables;

    /// <param name="moto">Where the role is.</param>
    /// <param name="aws">Asks as the account's administrator.</param>
    /// <param name="role">The role's ARN.</param>
    /// <param name="policy">
    /// Of the session: what it does not allow, the role cannot do in this session. Null: the role can do all it may.
    /// </param>
    public static async Task<RoleSession> AssumeAsync(MotoServer moto, AwsStage aws, string role, JsonNode? policy)
    {
        var answer = await aws.AskAsync("sts",
        [
            ("Action", "AssumeRole"), ("RoleArn", role), ("RoleSessionName", AwsStage.Unique()),
            .. policy is null ? Array.Empty<(string, string)>() : [("Policy", policy.ToJsonString())],
        ]);
        return new RoleSession(moto, Value("Arn"), new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = Value("AccessKeyId"),
            ["AWS_SECRET_ACCESS_KEY"] = Value("SecretAccessKey"),
            ["AWS_SESSION_TOKEN"] = Value("SessionToken"),
        });

        string Value(string element) => answer.DescendantsAndSelf().First(e => e.Name.LocalName == element).Value;
    }

    /// <summary>What was refused so far, and how often.</summary>
    public async Task<IReadOnlyDictionary<string, int>> RefusedAsync()
    {
        await using var body = await Http.GetStreamAsync(new Uri(moto.Endpoint, "moto-api/permissions"), Stage.Cancellation);
        using var asked = await JsonDocument.ParseAsync(body, cancellationToken: Stage.Cancellation);
        return asked.RootElement.EnumerateArray()
            .Where(one => one.GetProperty("caller").GetString() == arn && !one.GetProperty("permitted").GetBoolean())
            .GroupBy(one => one.GetProperty("action").GetString()!)
            .ToDictionary(action => action.Key, action => action.Sum(one => one.GetProperty("times").GetInt32()));
    }
}
