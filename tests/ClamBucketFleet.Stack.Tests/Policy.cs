using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>Who asks for what: a service (<c>s3.amazonaws.com</c>), an ARN, or nobody for the policy of a role.</summary>
public sealed record Request(string Action, string Resource, string? Service = null, string? Principal = null)
{
    /// <summary>Condition keys, such as <c>aws:SourceAccount</c>.</summary>
    public Dictionary<string, string> Context { get; init; } = [];
}

/// <summary>
/// Policy documents, evaluated as IAM does for what this product's use: a denial wins, and what a condition asks about
/// and the request does not tell is no match, but one for the negated ones.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
/// </summary>
public sealed class Policy(IEnumerable<JsonElement> documents)
{
    private readonly JsonElement[] _statements =
        [.. documents.Select(AsObject).SelectMany(document => document.GetProperty("Statement").EnumerateArray())];

    public static Policy Parse(string document) => new([JsonElement.Parse(document)]);

    public IEnumerable<string> AllowedActions =>
        _statements.Where(statement => Is(statement, "Allow")).SelectMany(statement => statement.GetProperty("Action").Texts());

    public bool Allows(string action, string resource) => Allows(new Request(action, resource));

    public bool Allows(Request request) =>
        _statements.Any(statement => Is(statement, "Allow") && Concerns(statement, request)) && !Denies(request);

    public bool Denies(Request request) => _statements.Any(statement => Is(statement, "Deny") && Concerns(statement, request));

    // IAM gives the document itself, or the text of one.
    private static JsonElement AsObject(JsonElement document) =>
        document.ValueKind == JsonValueKind.String ? JsonElement.Parse(document.GetString()!) : document;

    private static bool Is(JsonElement statement, string effect) => statement.Text("Effect") == effect;

    private static bool Concerns(JsonElement statement, Request request) =>
        statement.GetProperty("Action").Texts().Any(pattern => Like(pattern, request.Action))
        && statement.GetProperty("Resource").Texts().Any(pattern => Like(pattern, request.Resource))
        && (!statement.TryGetProperty("Principal", out var principal) || IsOne(principal, request))
        && (!statement.TryGetProperty("Condition", out var condition) || Holds(condition, request.Context));

    private static bool IsOne(JsonElement principal, Request request) => principal.ValueKind == JsonValueKind.String
        ? principal.GetString() == "*"
        : principal.EnumerateObject().Any(kind => kind.Value.Texts().Contains(kind.Name == "Service" ? request.Service : request.Principal));

    private static bool Holds(JsonElement condition, Dictionary<string, string> context) => condition.EnumerateObject()
        .All(test => test.Value.EnumerateObject().All(key => Holds(test.Name, context.GetValueOrDefault(key.Name), key.Value.Texts())));

    private static bool Holds(string test, string? actual, string[] wanted) => test switch
    {
        "StringEquals" or "Bool" or "ArnEquals" or "ForAnyValue:StringEquals" => wanted.Contains(actual),
        "ArnLike" => actual is not null && wanted.Any(pattern => Like(pattern, actual)),
        "StringNotEquals" or "ArnNotEquals" => !wanted.Contains(actual),
        "ArnNotLike" => actual is null || !wanted.Any(pattern => Like(pattern, actual)),
        _ => throw new NotSupportedException($"The condition {test} is not known to the tests"),
    };

    private static bool Like(string pattern, string text) => Regex.IsMatch(
        text, $"^{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}$");
}
