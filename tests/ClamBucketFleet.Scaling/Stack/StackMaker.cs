using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Scaling.Stack;

/// <summary>Creates stacks from the template in the stand-in, which has all that the template asks for.</summary>
public sealed class StackMaker(AwsCli aws)
{
    public static string Template { get; } = Repository.Combine("cloudformation", "clam-bucket-fleet.yaml");

    private static readonly Dictionary<string, string> Required = new()
    {
        ["ImageId"] = "ami-12c6146b",
        ["VpcId"] = "",
        ["SubnetIds"] = "",
        ["BucketNames"] = "uploads-*",
    };

    private Dictionary<string, string>? _place;

    /// <exception cref="InvalidOperationException">The stack was not created; the message says why.</exception>
    public async Task CreateAsync(
        string name,
        string template,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, string>(_place ??= await PlaceAsync(cancellationToken));
        foreach (var (key, value) in settings) all[key] = value;
        var parameters = all.Select(pair => $"ParameterKey={pair.Key},ParameterValue={pair.Value.Replace(",", "\\,", StringComparison.Ordinal)}");
        await aws.AskAsync(
            cancellationToken,
            ["cloudformation", "create-stack", "--stack-name", name, "--template-body", $"file://{template}",
                "--capabilities", "CAPABILITY_IAM", "--parameters", .. parameters]);
    }

    // The default VPC of the stand-in's account.
    private async Task<Dictionary<string, string>> PlaceAsync(CancellationToken cancellationToken)
    {
        var subnets = await aws.AskAsync(cancellationToken, "ec2", "describe-subnets");
        var all = subnets.GetProperty("Subnets").EnumerateArray().ToList();
        return new Dictionary<string, string>(Required)
        {
            ["VpcId"] = all[0].GetProperty("VpcId").GetString()!,
            ["SubnetIds"] = string.Join(',', all.Select(subnet => subnet.GetProperty("SubnetId").GetString())),
        };
    }
}
