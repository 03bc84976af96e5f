using System.Text;
using System.Text.Json;
using ClamBucketFleet.TestKit;
using YamlDotNet.RepresentationModel;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>A stack as CloudFormation tells of it; what its parts are like, the other services are asked.</summary>
public sealed class CreatedStack
{
    private readonly Account _account;
    private readonly Dictionary<string, string> _resources;

    private CreatedStack(Account account, string name, Dictionary<string, string> resources, Dictionary<string, string> outputs)
    {
        _account = account;
        Name = name;
        _resources = resources;
        Outputs = outputs;
    }

    public static string Template =>
        Environment.GetEnvironmentVariable("STACK_TEMPLATE") ?? Repository.Combine("cloudformation", "clam-bucket-fleet.yaml");

    public string Name { get; }

    public IReadOnlyDictionary<string, string> Outputs { get; }

    public IEnumerable<string> LogicalIds => _resources.Keys;

    public static async Task<CreatedStack> ReadAsync(Account account, string name, CancellationToken cancellationToken)
    {
        var stack = (await account.Aws.AskAsync(cancellationToken, "cloudformation", "describe-stacks", "--stack-name", name))
            .GetProperty("Stacks")[0];
        if (stack.Text("StackStatus") is not ("CREATE_COMPLETE" or "UPDATE_COMPLETE"))
            throw new InvalidOperationException(stack.ToString());
        var resources = await account.Aws.AskAsync(cancellationToken, "cloudformation", "describe-stack-resources", "--stack-name", name);
        return new CreatedStack(
            account,
            name,
            resources.GetProperty("StackResources").EnumerateArray()
                .ToDictionary(item => item.Text("LogicalResourceId"), item => item.Text("PhysicalResourceId")),
            stack.GetProperty(nameof(Outputs)).EnumerateArray()
                .ToDictionary(item => item.Text("OutputKey"), item => item.Text("OutputValue")));
    }

    public bool Has(string logicalId) => _resources.ContainsKey(logicalId);

    /// <summary>The physical id: a name, a URL or an ARN, as Ref gives it.</summary>
    public string this[string logicalId] => _resources[logicalId];

    public Task<JsonElement> AskAsync(CancellationToken cancellationToken, params string[] arguments)
        => _account.Aws.AskAsync(cancellationToken, arguments);

    public async Task<JsonElement> QueueAsync(string logicalId, CancellationToken cancellationToken)
        => (await AskAsync(cancellationToken, "sqs", "get-queue-attributes", "--queue-url", this[logicalId], "--attribute-names", "All"))
            .GetProperty("Attributes");

    public async Task<JsonElement> AlarmAsync(string logicalId, CancellationToken cancellationToken)
        => (await AskAsync(cancellationToken, "cloudwatch", "describe-alarms", "--alarm-names", this[logicalId]))
            .GetProperty("MetricAlarms")[0];

    public async Task<JsonElement> GroupAsync(CancellationToken cancellationToken)
        => (await AskAsync(cancellationToken, "autoscaling", "describe-auto-scaling-groups", "--auto-scaling-group-names", this["Group"]))
            .GetProperty("AutoScalingGroups")[0];

    /// <summary>The version of the launch template that the group uses.</summary>
    public async Task<JsonElement> LaunchDataAsync(CancellationToken cancellationToken)
    {
        var used = (await GroupAsync(cancellationToken)).GetProperty("MixedInstancesPolicy").GetProperty("LaunchTemplate")
            .GetProperty("LaunchTemplateSpecification");
        var versions = await AskAsync(
            cancellationToken,
            "ec2", "describe-launch-template-versions",
            "--launch-template-id", used.Text("LaunchTemplateId"), "--versions", used.Text("Version"));
        return versions.GetProperty("LaunchTemplateVersions")[0].GetProperty("LaunchTemplateData");
    }

    /// <summary>The files that cloud-init writes on an instance, by their paths.</summary>
    public async Task<Dictionary<string, string>> FilesAsync(CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(Convert.FromBase64String((await LaunchDataAsync(cancellationToken)).Text("UserData")));
        if (!text.StartsWith("#cloud-config\n", StringComparison.Ordinal)) throw new FormatException(text);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var config = (YamlMappingNode)yaml.Documents[0].RootNode;
        return ((YamlSequenceNode)config["write_files"]).ToDictionary(file => $"{file["path"]}", file => $"{file["content"]}");
    }

    /// <summary>What the instances' role allows, all of its policies.</summary>
    public async Task<Policy> RolePolicyAsync(CancellationToken cancellationToken)
    {
        var role = this["InstanceRole"];
        var names = await AskAsync(cancellationToken, "iam", "list-role-policies", "--role-name", role);
        var documents = new List<JsonElement>();
        foreach (var name in names.GetProperty("PolicyNames").EnumerateArray())
        {
            var policy = await AskAsync(cancellationToken, "iam", "get-role-policy", "--role-name", role, "--policy-name", name.GetString()!);
            documents.Add(policy.GetProperty("PolicyDocument"));
        }
        return new Policy(documents);
    }
}
