using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ClamBucketFleet.Daemon.Tests.Cli;
using ClamBucketFleet.TestKit;
using Shouldly;
using YamlDotNet.Serialization;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>
/// A stack as CloudFormation creates it from the template, the role that it made for its instances, and the credentials
/// that an instance gets for that role. Whoever has these is held to what the role's policy says.
/// </summary>
internal sealed class StackRole(MotoServer moto, AwsStage aws, string name)
{
    private const string ConfigurationFile = "/etc/clambucketfleet/clambucketfleet.json";

    private static readonly HttpClient Http = new();

    private string _role = "";

    public string Name => name;

    public IReadOnlyDictionary<string, string> Outputs { get; private set; } = new Dictionary<string, string>();

    /// <summary>The inline policies, as IAM holds them.</summary>
    public IReadOnlyList<RolePolicy> Policies { get; private set; } = [];

    public static async Task<StackRole> CreateAsync(
        MotoServer moto, AwsStage aws, string name, IReadOnlyDictionary<string, string> parameters)
    {
        var stack = new StackRole(moto, aws, name);
        await stack.CreateAsync(parameters);
        return stack;
    }

    /// <summary>Takes one action out of the role.</summary>
    public async Task TakeAsync(Grant grant)
    {
        var policy = Policies.Single(policy => policy.Grants.Contains(grant));
        await aws.AskAsync("iam", ("Action", "PutRolePolicy"), ("RoleName", _role), ("PolicyName", policy.Name),
            ("PolicyDocument", policy.Without(grant).Document.ToJsonString()));
        Policies = await ReadPoliciesAsync();
        Policies.SelectMany(held => held.Grants).ShouldNotContain(grant);
    }

    /// <summary>What the SDK gets from the instance's metadata.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CredentialsAsync()
    {
        var answer = await aws.AskAsync("sts", ("Action", "AssumeRole"),
            ("RoleArn", Outputs["RoleArn"]), ("RoleSessionName", "i-0123456789abcdef0"));
        return new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = Value(answer, "AccessKeyId"),
            ["AWS_SECRET_ACCESS_KEY"] = Value(answer, "SecretAccessKey"),
            ["AWS_SESSION_TOKEN"] = Value(answer, "SessionToken"),
        };
    }

    /// <summary>The daemon's configuration as the launch template's user data writes it.</summary>
    public async Task<string> ConfigurationAsync()
    {
        var template = await ResourceAsync("LaunchTemplate");
        var answer = await aws.AskAsync("ec2", ("Action", "DescribeLaunchTemplateVersions"), ("LaunchTemplateId", template));
        var userData = Encoding.UTF8.GetString(Convert.FromBase64String(Value(answer, "userData")));
        var cloudConfig = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<CloudConfig>(userData);
        return cloudConfig.WriteFiles.Single(file => file.Path == ConfigurationFile).Content;
    }

    /// <summary>What the role was refused so far.</summary>
    public async Task<IReadOnlyList<string>> RefusedAsync() =>
        [.. (await AskedAsync()).Where(asked => !asked.Permitted).Select(asked => asked.Action)];

    /// <summary>Every action that the role needed so far, and on what.</summary>
    public async Task<IReadOnlyList<(string Action, string Resource, bool Permitted)>> AskedAsync()
    {
        await using var body = await Http.GetStreamAsync(new Uri(moto.Endpoint, "moto-api/permissions"), Stage.Cancellation);
        using var asked = await JsonDocument.ParseAsync(body, cancellationToken: Stage.Cancellation);
        return [.. asked.RootElement.EnumerateArray()
            .Where(one => one.GetProperty("caller").GetString()!.Contains($":assumed-role/{_role}/", StringComparison.Ordinal))
            .Select(one => (one.GetProperty("action").GetString()!, one.GetProperty("resource").GetString()!, one.GetProperty("permitted").GetBoolean()))];
    }

    private async Task CreateAsync(IReadOnlyDictionary<string, string> parameters)
    {
        var subnet = (await aws.AskAsync("ec2", ("Action", "DescribeSubnets"))).Descendants()
            .First(e => e.Name.LocalName == "item");
        var all = new Dictionary<string, string>(parameters)
        {
            ["ImageId"] = "ami-0123456789abcdef0",
            ["VpcId"] = Value(subnet, "vpcId"),
            ["SubnetIds"] = Value(subnet, "subnetId"),
            // Its instances are of no use here.
            ["MinInstances"] = "0",
        };
        await aws.AskAsync("cloudformation",
        [
            ("Action", "CreateStack"), ("StackName", name), ("Capabilities.member.1", "CAPABILITY_IAM"),
            ("TemplateBody", await File.ReadAllTextAsync(Repository.Combine("cloudformation", "clam-bucket-fleet.yaml"), Stage.Cancellation)),
            .. all.SelectMany((parameter, index) => new[]
            {
                ($"Parameters.member.{index + 1}.ParameterKey", parameter.Key),
                ($"Parameters.member.{index + 1}.ParameterValue", parameter.Value),
            }),
        ]);
        var stack = await aws.AskAsync("cloudformation", ("Action", "DescribeStacks"), ("StackName", name));
        Value(stack, "StackStatus").ShouldBe("CREATE_COMPLETE");
        Outputs = stack.Descendants().Where(e => e.Name.LocalName == "OutputKey")
            .ToDictionary(key => key.Value, key => Value(key.Parent!, "OutputValue"));
        _role = Outputs["RoleArn"].Split('/')[^1];
        Policies = await ReadPoliciesAsync();
    }

    private async Task<IReadOnlyList<RolePolicy>> ReadPoliciesAsync()
    {
        var list = await aws.AskAsync("iam", ("Action", "ListRolePolicies"), ("RoleName", _role));
        var names = list.Descendants().Where(e => e.Name.LocalName == "member").Select(e => e.Value);
        return await Task.WhenAll(names.Select(async policy =>
        {
            var answer = await aws.AskAsync("iam", ("Action", "GetRolePolicy"), ("RoleName", _role), ("PolicyName", policy));
            var document = Uri.UnescapeDataString(Value(answer, "PolicyDocument"));
            return new RolePolicy(policy, JsonNode.Parse(document)!.AsObject());
        }));
    }

    private async Task<string> ResourceAsync(string logicalId)
    {
        var resources = await aws.AskAsync("cloudformation", ("Action", "DescribeStackResources"), ("StackName", name));
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
