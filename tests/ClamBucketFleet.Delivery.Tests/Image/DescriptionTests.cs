using System.Text.Json.Nodes;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.Image;

/// <summary>What <c>packer/</c> says to a Packer of today, of which only the part for a running machine can be run here.</summary>
public sealed class DescriptionTests
{
    private const int Limit = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task The_image_is_built_and_runs_with_version_2_of_the_metadata_alone_on_an_encrypted_disk()
    {
        var source = (await ReadAsync("clam-bucket-fleet"))["source"]!["amazon-ebs"]!["debian"]![0]!;

        source["imds_support"]!.ToString().ShouldBe("v2.0");
        source["metadata_options"]![0]!["http_tokens"]!.ToString().ShouldBe("required");
        source["encrypt_boot"]!.GetValue<bool>().ShouldBeTrue();
        var disk = source["launch_block_device_mappings"]!.AsArray().ShouldHaveSingleItem()!;
        disk["encrypted"]!.GetValue<bool>().ShouldBeTrue();
        disk["volume_type"]!.ToString().ShouldBe("gp3");
        disk["delete_on_termination"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact(Timeout = Limit)]
    public async Task The_base_is_the_newest_image_of_debians_own_account()
    {
        var source = (await ReadAsync("clam-bucket-fleet"))["source"]!["amazon-ebs"]!["debian"]![0]!;
        var filter = source["source_ami_filter"]![0]!;

        filter["owners"]!.ToJsonString().ShouldBe("[\"136693071363\"]");
        filter["most_recent"]!.GetValue<bool>().ShouldBeTrue();
        filter["filters"]!["name"]!.ToString().ShouldBe("debian-${var.debian}-amd64-*");
        source["ssh_clear_authorized_keys"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact(Timeout = Limit)]
    public async Task Both_sources_are_built_by_the_same_provisioners_and_the_last_one_cleans()
    {
        var build = (await ReadAsync("clam-bucket-fleet"))["build"]!.AsArray().ShouldHaveSingleItem()!;

        build["sources"]!.AsArray().Select(source => $"{source}").ShouldBe(["source.amazon-ebs.debian", "source.null.machine"]);
        var shell = build["provisioner"]!["shell"]!.AsArray();
        shell.Concat(build["provisioner"]!["file"]!.AsArray())
            .ShouldAllBe(provisioner => provisioner!["only"] == null && provisioner["except"] == null);
        $"{shell[^1]!["script"]}".ShouldEndWith("/clean.sh");
        shell.SelectMany(provisioner => provisioner!["scripts"]?.AsArray() ?? [])
            .Select(script => Path.GetFileName($"{script}")).Append("clean.sh").Order(StringComparer.Ordinal)
            .ShouldBe(Directory.GetFiles(Repository.Combine("packer", "provision")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Every_variable_is_described_and_the_agents_checksum_has_no_default()
    {
        var variables = (await ReadAsync("variables"))["variable"]!.AsObject();

        variables.Select(variable => variable.Value![0]!["description"]?.ToString()).ShouldAllBe(text => text != null && text.EndsWith('.'));
        variables["agent_sha256"]![0]!.AsObject().ContainsKey("default").ShouldBeFalse();
        (await ReadAsync("plugins"))["packer"]![0]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal)
            .ShouldBe(["required_plugins", "required_version"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Make_validate_accepts_what_is_there()
    {
        var result = await new Command(Repository.Combine("scripts", "validate.sh")).RunAsync(Cancellation);

        result.ExitCode.ShouldBe(0, $"{result.Output}{result.Error}");
    }

    [Theory(Timeout = Limit)]
    [InlineData("package=somewhere/else.deb", "make deb builds it")]
    [InlineData("agent_sha256=unknown", "packer/agent-checksum.sh prints it")]
    [InlineData("agent_url=ftp://example.com/agent.deb", "The agent's URL has to begin with https://")]
    [InlineData("debian=11", "has to be 12 or 13")]
    [InlineData("volume_size=4", "8 GiB at least")]
    public async Task A_wrong_variable_is_refused_with_what_to_do(string variable, string message)
    {
        await using var directory = new TemporaryDirectory();
        var stripped = await new Command(Repository.Combine("packer", "strip.sh"), directory.Path).RunAsync(Cancellation);
        stripped.ExitCode.ShouldBe(0, stripped.Error);

        var result = await new Command(
            Command.Require("packer"), "validate", "-var", "package=clambucketfleet_1_amd64.deb",
            "-var", $"agent_sha256={new string('0', 64)}", "-var", variable, directory.Path)
        {
            Environment = new Dictionary<string, string?> { ["CHECKPOINT_DISABLE"] = "1" },
        }.RunAsync(Cancellation);

        result.ExitCode.ShouldNotBe(0);
        // Packer breaks lines where the terminal would.
        string.Join(' ', $"{result.Output}{result.Error}".Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ShouldContain(message);
    }

    private static async Task<JsonNode> ReadAsync(string name)
    {
        var read = await new Command(
            Command.Require("node"),
            Repository.Combine("tests", "ClamBucketFleet.Delivery.Tests", "Image", "hcl2json.js"),
            Repository.Combine("packer", $"{name}.pkr.hcl"))
        { WorkingDirectory = Repository.Root }.RunAsync(Cancellation);
        read.ExitCode.ShouldBe(0, read.Error);
        return JsonNode.Parse(read.Output)!;
    }
}
