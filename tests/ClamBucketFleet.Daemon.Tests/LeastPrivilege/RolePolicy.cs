using System.Text.Json.Nodes;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>One action in one statement of a role's policy.</summary>
/// <param name="Statement">The statement's Sid.</param>
/// <param name="Action">Such as <c>s3:GetObject</c>.</param>
public sealed record Grant(string Statement, string Action)
{
    public override string ToString() => $"{Statement} {Action}";
}

/// <summary>A policy document as IAM has it.</summary>
internal sealed record RolePolicy(string Name, JsonObject Document)
{
    public IEnumerable<Grant> Grants =>
        Statements.SelectMany(statement => Actions(statement).Select(action => new Grant(Sid(statement), action)));

    private IEnumerable<JsonObject> Statements => Document["Statement"]!.AsArray().Select(statement => statement!.AsObject());

    /// <summary>The same policy without that; a statement that allows nothing more goes with it.</summary>
    public RolePolicy Without(Grant taken)
    {
        var copy = Document.DeepClone().AsObject();
        var statements = copy["Statement"]!.AsArray();
        foreach (var statement in statements.Select(s => s!.AsObject()).Where(s => Sid(s) == taken.Statement).ToArray())
        {
            string[] left = [.. Actions(statement).Where(action => action != taken.Action)];
            if (left.Length == 0)
                statements.Remove(statement);
            else
                statement["Action"] = new JsonArray([.. left.Select(action => JsonValue.Create(action))]);
        }
        return this with { Document = copy };
    }

    private static string Sid(JsonObject statement) => statement["Sid"]!.GetValue<string>();

    private static IEnumerable<string> Actions(JsonObject statement) => statement["Action"] is JsonArray several
        ? several.Select(action => action!.GetValue<string>())
        : [statement["Action"]!.GetValue<string>()];
}
