using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Definitions;

public sealed class FetchTests(MotoFixture moto)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_file_with_other_bytes_is_not_left_behind()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var file = bench.File("main.cvd", "main");
        await bench.PutAsync($"files/{file.Sha256}/main.cvd", "MAIN");

        var failure = await FailAsync(bench, file);

        failure.ShouldContain($"SHA-256 {file.Sha256}");
        failure.ShouldContain(bench.File("main.cvd", "MAIN").Sha256);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("mai")]
    [InlineData("main and more")]
    [InlineData("")]
    public async Task A_file_of_another_size_is_not_left_behind(string content)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var file = bench.File("main.cvd", "main");
        await bench.PutAsync($"files/{file.Sha256}/main.cvd", content);

        var failure = await FailAsync(bench, file);

        failure.ShouldContain("4 bytes");
        failure.ShouldContain($"has {content.Length}");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_is_missing_is_named()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var file = bench.File("main.cvd", "main");
        (await FailAsync(bench, file)).ShouldContain($"s3://{bench.Bucket}/mirror/files/{file.Sha256}/main.cvd");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_directory_that_cannot_be_written_is_named()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var file = bench.File("main.cvd", "main");
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", file));
        var path = Path.Combine(bench.NewPath("missing"), "main.cvd");

        var failure = await Should.ThrowAsync<TryAgainException>(
            () => bench.NewInstance().Mirror.FetchAsync(file, path, Cancel));

        failure.Message.ShouldContain(path);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fetch_that_is_given_up_leaves_nothing()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var file = bench.File("main.cvd", "main");
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", file));
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var follower = bench.NewInstance();
        follower.Network.Before = async _ =>
        {
            await given.CancelAsync();
            return null;
        };
        var path = bench.NewPath("main.cvd");

        await Should.ThrowAsync<OperationCanceledException>(() => follower.Mirror.FetchAsync(file, path, given.Token));

        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBeEmpty();
    }

    private static async Task<string> FailAsync(MirrorBench bench, DefinitionsFile file)
    {
        var path = bench.NewPath(file.Name);
        var failure = await Should.ThrowAsync<TryAgainException>(
            () => bench.NewInstance().Mirror.FetchAsync(file, path, Cancel));
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBeEmpty();
        return failure.Message;
    }
}
