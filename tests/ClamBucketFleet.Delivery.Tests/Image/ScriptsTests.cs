using System.Security.Cryptography;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.Image;

/// <summary>What stands around Packer: the agent's checksum, and the tags that an image gets.</summary>
public sealed class ScriptsTests : IDisposable
{
    private const int Limit = 120_000;
    private const string Package = "agent.deb";

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact(Timeout = Limit)]
    public async Task The_agents_checksum_is_told_of_a_package_that_the_right_key_has_signed_and_of_no_other()
    {
        await using var server = new DefinitionsServer();
        var content = RandomNumberGenerator.GetBytes(1000);
        var (right, wrong) = (await MakeKeyAsync("right"), await MakeKeyAsync("wrong"));
        server.Put("key", await File.ReadAllBytesAsync(_directory.Combine("right.asc"), Cancellation));
        server.Put(Package, content);
        server.Put($"{Package}.sig", await SignAsync("right", content));

        var told = await ChecksumAsync(server, right);
        told.ExitCode.ShouldBe(0, told.Error);
        told.Output.Trim().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));

        // The key that is served is not the one that was expected.
        await RefusesAsync(wrong);
        // The package is another one.
        server.Put(Package, RandomNumberGenerator.GetBytes(1000));
        await RefusesAsync(right);
        // Somebody else has signed it.
        server.Put(Package, content);
        server.Put($"{Package}.sig", await SignAsync("wrong", content));
        await RefusesAsync(right);

        async Task RefusesAsync(string fingerprint)
        {
            var refused = await ChecksumAsync(server, fingerprint);
            refused.ExitCode.ShouldBe(1);
            refused.Output.ShouldBeEmpty();
            refused.Error.ShouldContain("no good signature");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_image_that_was_built_last_gets_the_versions_as_tags()
    {
        await using var moto = await MotoServer.StartAsync(Cancellation);
        var images = (await AwsAsync(moto, "ec2", "describe-images", "--query", "Images[0:2].ImageId", "--output", "text")).Output.Split();
        await WriteAsync("image-manifest.json", $$"""
            {"builds": [{"artifact_id": "eu-west-1:{{images[0]}}"},
              {"artifact_id": "eu-west-1:{{images[1]}}"}]}
            """);
        await WriteAsync("image-debian.versions", "ClamAV=1.4.6+dfsg-0+deb12u1\nDefinitionsPublished=2026-11-22T04:06:27Z\n");

        var tagged = await RunAsync(moto, Repository.Combine("packer", "tag-image.sh"));

        tagged.ExitCode.ShouldBe(0, tagged.Error);
        tagged.Output.ShouldBe($"ImageId: {images[1]} (eu-west-1)\n");
        (await TagsAsync(images[1])).ShouldBe("ClamAV\t1.4.6+dfsg-0+deb12u1\nDefinitionsPublished\t2026-11-22T04:06:27Z\n");
        (await TagsAsync(images[0])).ShouldBeEmpty();

        async Task<string> TagsAsync(string image) => (await AwsAsync(
            moto, "ec2", "describe-tags", "--filters", $"Name=resource-id,Values={image}", "--query", "sort_by(Tags,&Key)[].[Key,Value]",
            "--output", "text")).Output;
    }

    [Fact(Timeout = Limit)]
    public async Task Make_ami_says_what_is_missing_before_it_builds()
    {
        var noPacker = await new Command("/bin/bash", Repository.Combine("scripts", "make-ami.sh"))
        {
            Environment = new Dictionary<string, string?> { ["PATH"] = PathWithoutPacker() },
        }.RunAsync(Cancellation);
        noPacker.ExitCode.ShouldBe(1);
        noPacker.Error.ShouldContain("Packer is missing");

        var oldPacker = await new Command(Repository.Combine("scripts", "make-ami.sh")).RunAsync(Cancellation);
        oldPacker.ExitCode.ShouldBe(1);
        oldPacker.Error.ShouldContain("is too old");
    }

    private static Task<CommandResult> ChecksumAsync(DefinitionsServer server, string fingerprint) => new Command(
        Repository.Combine("packer", "agent-checksum.sh"), $"{server.Url}/{Package}", $"{server.Url}/key", fingerprint).RunAsync(Cancellation);

    /// <summary>A key of its own directory, exported to <c>NAME.asc</c>; gives its fingerprint.</summary>
    private async Task<string> MakeKeyAsync(string name)
    {
        await GpgAsync(name, "--passphrase", "", "--quick-generate-key", $"{name} <{name}@example.org>", "ed25519", "sign");
        await GpgAsync(name, "--armor", "--output", _directory.Combine($"{name}.asc"), "--export");
        var listed = await GpgAsync(name, "--with-colons", "--list-keys");
        return listed.Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
    }

    private async Task<byte[]> SignAsync(string name, byte[] content)
    {
        var (file, signature) = (_directory.Combine("content"), _directory.Combine("signature"));
        await File.WriteAllBytesAsync(file, content, Cancellation);
        await GpgAsync(name, "--yes", "--output", signature, "--detach-sign", file);
        return await File.ReadAllBytesAsync(signature, Cancellation);
    }

    private async Task<string> GpgAsync(string name, params string[] arguments)
    {
        var home = _directory.Combine(name);
        Directory.CreateDirectory(home);
        // Its agent would stay; it goes with its directory's sockets.
        var result = await new Command(Command.Require("gpg"), ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", .. arguments])
            .RunAsync(Cancellation);
        result.ExitCode.ShouldBe(0, result.Error);
        await new Command(Command.Require("gpgconf"), "--homedir", home, "--kill", "all").RunAsync(Cancellation);
        return result.Output;
    }

    /// <summary>What the script needs, without Packer.</summary>
    private string PathWithoutPacker()
    {
        var tools = Directory.CreateDirectory(_directory.Combine("tools")).FullName;
        foreach (var name in new[] { "dirname", "bash", "env" }) File.CreateSymbolicLink(Path.Combine(tools, name), Command.Require(name));
        return tools;
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(_directory.Combine(name), text, Cancellation);

    private async Task<CommandResult> AwsAsync(MotoServer moto, params string[] arguments)
    {
        var result = await RunAsync(moto, Command.Require("aws"), arguments);
        result.ExitCode.ShouldBe(0, result.Error);
        return result;
    }

    private Task<CommandResult> RunAsync(MotoServer moto, string program, params string[] arguments) => new Command(program, arguments)
    {
        Environment = moto.EnvironmentVariables.ToDictionary(pair => pair.Key, string? (pair) => pair.Value)
            .Append(new("ARTIFACTS", _directory.Path)).ToDictionary(),
    }.RunAsync(Cancellation);
}
