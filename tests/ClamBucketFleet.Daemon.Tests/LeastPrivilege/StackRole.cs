using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ClamBucketFleet.Daemon.Tests.Cli;
using ClamBucketFleet.TestKit;
using Shouldly;
using YamlDotNet.Serialization;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>
/// A stack as CloudFormation creates it from the template, and the role that it made for its instances. Whoever assumes
/// that role is held to what its policies say.
/// </summary>
internal sealed class StackRole(MotoServer moto, string name) : IDisposable
{
    /// <summary>Stands in parameters for the stack's name, which no other stack has.</summary>
    public const string OwnName = "{name}";

    private const string ConfigurationFile = "/etc/clambucketfleet/clambucketfleet.json";

    private static readonly string[] NamesOfBuckets = ["CleanBucketName", "QuarantineBucketName"];

    private readonly AwsStage _aws = new(moto);
    private string _role = "";

    public string Name => name;

    /// <summary>Buckets of the user's own that the parameters name.</summary>
    public IReadOnlyDictionary<string, string> OwnBuckets { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Outputs { get; private set; } = new Dictionary<string, string>();

    /// <summary>The inline policies, as IAM holds them.</summary>
    public IReadOnlyList<RolePolicy> Policies { get; private set; } = [];

    /// <param name="moto">Where it is made.</param>
    /// <param name="parameters">Beyond those that are the same for all; see <see cref="OwnName"/>.</param>
    public static async Task<StackRole> CreateAsync(MotoServer moto, IReadOnlyDictionary<string, string> parameters)
    {
        var stack = new StackRole(moto, AwsStage.Unique()[..12]);
        try
        {
            await stack.CreateAsync(parameters);
            return stack;
        }
        catch
        {
            stack.Dispose();
            throw;
        }
    }

    /// <summary>A session of the role, without one action where that is not null.</summary>
    public Task<RoleSession> AssumeAsync(Grant? without)
    {
        if (without is null) return RoleSession.AssumeAsync(moto, _aws, Outputs["RoleArn"], policy: null);

        Policies.SelectMany(policy => policy.Grants).ShouldContain(without);
        var left = Policies.Select(policy => policy.Without(without)).ToArray();
        left.SelectMany(policy => policy.Grants).ShouldNotContain(without);
        return RoleSession.AssumeAsync(moto, _aws, Outputs["RoleArn"], RolePolicy.Merge(left));
    }

    /// <summary>The daemon's configuration as the launch template's user data writes it.</summary>
    public async Task<string> ConfigurationAsync()
    {
        var template = await ResourceAsync("LaunchTemplate");
        var answer = await _aws.AskAsync("ec2", ("Action", "DescribeLaunchTemplateVersions"), ("LaunchTemplateId", template));
        var userData = Encoding.UTF8.GetString(Convert.FromBase64String(Value(answer, "userData")));
        var cloudConfig = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<CloudConfig>(userData);
        return cloudConfig.WriteFiles.Single(file => file.Path == ConfigurationFile).Content;
    }

    public void Dispose() => _aws.Dispose();

    private async Task CreateAsync(IReadOnlyDictionary<string, string> parameters)
    {
        parameters = parameters.ToDictionary(p => p.Key, p => p.Value.Replace(OwnName, name, StringComparison.Ordinal));
        OwnBuckets = parameters.Where(parameter => NamesOfBuckets.Contains(parameter.Key)).ToDictionary();
        var subnet = (await _aws.AskAsync("ec2", ("Action", "DescribeSubnets"))).Descendants()
            .First(e => e.Name.LocalName == "item");
        var all = new Dictionary<string, string>(parameters)
        {
            ["ImageId"] = "ami-0123456789abcdef0",
            ["VpcId"] = Value(subnet, "vpcId"),
            ["SubnetIds"] = Value(subnet, "subnetId"),
            ["BucketNames"] = $"{name}-in-*",
            ["AlertsPublish"] = "all",
            // Its instances are of no use here.
            ["MinInstances"] = "0",
        };
        await _aws.AskAsync("cloudformation",
        [
            ("Action", "CreateStack"), ("StackName", name), ("Capabilities.member.1", "CAPABILITY_IAM"),
            ("TemplateBody", await File.ReadAllTextAsync(Repository.Combine("cloudformation", "clam-bucket-fleet.yaml"), Stage.Cancellation)),
            .. all.SelectMany((parameter, index) => new[]
            {
                ($"Parameters.member.{index + 1}.ParameterKey", parameter.Key),
                ($"Parameters.member.{index + 1}.ParameterValue", parameter.Value),
            }),
        ]);
        var stack = await _aws.AskAsync("cloudformation", ("Action", "DescribeStacks"), ("StackName", name));
        Value(stack, "StackStatus").ShouldBe("CREATE_COMPLETE");
        Outputs = stack.Descendants().Where(e => e.Name.LocalName == "OutputKey")
            .ToDictionary(key => key.Value, key => Value(key.Parent!, "OutputValue"));
        _role = Outputs["RoleArn"].Split('/')[^1];
        Policies = await ReadPoliciesAsync();
    }

    private async Task<IReadOnlyList<RolePolicy>> ReadPoliciesAsync()
    {
        var list = await _aws.AskAsync("iam", ("Action", "ListRolePolicies"), ("RoleName", _role));
        var names = list.Descendants().Where(e => e.Name.LocalName == "member").Select(e => e.Value);
        return await Task.WhenAll(names.Select(async policy =>
        {
            var answer = await _aws.AskAsync("iam", ("Action", "GetRolePolicy"), ("RoleName", _role), ("PolicyName", policy));
            var document = Uri.UnescapeDataString(Value(answer, "PolicyDocument"));
            return new RolePolicy(policy, JsonNode.Parse(document)!.AsObject());
        }));
    }

    private async Task<string> ResourceAsync(string logicalId)
    {
        var resources = await _aws.AskAsync("cloudformation", ("Action", "DescribeStackResources"), ("StackName", name));
        var resource = resources.Descendants().Single(e => e.Name.LocalName == "LogicalResourceId" && e.Value == logicalId);
        return Value(resource.Parent!, "PhysicalResourceId");
    }

    private static string Value(XElement answer, string element) =>
        answer.DescendantsAndSelf().First(e => e.Name.LocalName == element).Value;

    private sealed record CloudConfig
    {
        [YamlMember(Alias = "write_files")]
        public List<WrittenFile> WriteFiles { get; init; } = [];
    }

    private sealed record WrittenFile
    {
        [YamlMember(Alias = "path")]
        public string Path { get; init; } = "";

        [YamlMember(Alias = "content")]
        public string Content { get; init; } = "";
    }
}
