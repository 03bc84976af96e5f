using System.Text.Json;
using System.Text.Json.Nodes;
using ClamBucketFleet.TestKit;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>One AWS account for all tests, and in it a stack of each example of parameters, made when first asked for.</summary>
public sealed class Account : IAsyncLifetime
{
    public const string Id = "123456789012";

    private readonly Dictionary<string, Lazy<Task<CreatedStack>>> _examples = [];
    private MotoServer? _moto;
    private AwsCli? _aws;
    private string _vpc = "";
    private string _subnets = "";

    public MotoServer Moto => _moto ?? throw new InvalidOperationException("Not started yet");

    public AwsCli Aws => _aws ?? throw new InvalidOperationException("Not started yet");

    /// <summary>Nothing runs while nothing is to do, nothing is kept.</summary>
    public Task<CreatedStack> SmallAsync => _examples["small-and-cheap"].Value;

    /// <summary>Quarantine, tags, a mirror of the definitions.</summary>
    public Task<CreatedStack> SpotAsync => _examples["spot-fleet"].Value;

    /// <summary>Keys of its own, no public addresses, shells.</summary>
    public Task<CreatedStack> PrivateAsync => _examples["private-subnets"].Value;

    public async ValueTask InitializeAsync()
    {
        _moto = await MotoServer.StartWholeAsync(CancellationToken.None);
        _aws = new AwsCli(_moto);
        await _aws.StartAsync(CancellationToken.None);
        var subnets = (await _aws.AskAsync(CancellationToken.None, "ec2", "describe-subnets")).GetProperty("Subnets");
        _vpc = subnets[0].Text("VpcId");
        _subnets = string.Join(',', subnets.EnumerateArray().Take(2).Select(subnet => subnet.Text("SubnetId")));
        foreach (var name in (string[])["small-and-cheap", "spot-fleet", "private-subnets"])
            _examples[name] = new(() => CreateExampleAsync(name));
    }

    public async ValueTask DisposeAsync()
    {
        if (_aws is not null) await _aws.DisposeAsync();
        if (_moto is not null) await _moto.DisposeAsync();
    }

    /// <summary>An example's parameters, with a network that is there.</summary>
    public Dictionary<string, string> Example(string name)
    {
        var file = Repository.Combine("cloudformation", "parameters", $"{name}.example.json");
        var values = JsonNode.Parse(File.ReadAllText(file))!.AsArray()
            .ToDictionary(item => (string)item!["ParameterKey"]!, item => (string)item!["ParameterValue"]!);
        return new(values) { ["VpcId"] = _vpc, ["SubnetIds"] = _subnets };
    }

    /// <summary>A stack of the template; what the parameters are, the test says.</summary>
    public async Task<CreatedStack> CreateAsync(string name, Dictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        var created = await CallAsync("create-stack", name, CreatedStack.Template, parameters, cancellationToken);
        if (created.ExitCode != 0) throw new InvalidOperationException(created.Error);
        return await CreatedStack.ReadAsync(this, name, cancellationToken);
    }

    /// <summary>create-stack or update-stack with a file of parameters.</summary>
    public async Task<CommandResult> CallAsync(
        string operation, string name, string template, Dictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        using var directory = new TemporaryDirectory();
        return await Aws.TryAskAsync(cancellationToken, Arguments(operation, name, template, parameters, directory));
    }

    /// <summary>By the CLI, as the README has it.</summary>
    private async Task<CreatedStack> CreateExampleAsync(string name)
    {
        using var directory = new TemporaryDirectory();
        var arguments = Arguments("create-stack", name, CreatedStack.Template, Example(name), directory);
        var created = await Aws.RunAsync(CancellationToken.None, arguments);
        if (created.ExitCode != 0) throw new InvalidOperationException(created.Error);
        return await CreatedStack.ReadAsync(this, name, CancellationToken.None);
    }

    private static string[] Arguments(
        string operation, string name, string template, Dictionary<string, string> parameters, TemporaryDirectory directory)
    {
        var file = Path.Combine(directory.Path, "parameters.json");
        var list = parameters.Select(pair => new { ParameterKey = pair.Key, ParameterValue = pair.Value });
        File.WriteAllText(file, JsonSerializer.Serialize(list));
        return
        [
            "cloudformation", operation, "--stack-name", name, "--template-body", $"file://{template}",
            "--capabilities", "CAPABILITY_IAM", "--parameters", $"file://{file}",
        ];
    }
}
