using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>Against a clamd that lives as long as the tests.</summary>
public sealed class ClamdRealTests(ClamdFixture fixture) : IClassFixture<ClamdFixture>
{
    private ClamdEngine Engine => Engines.Clamd(fixture.Server);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128 * 1024 - 1)]
    [InlineData(128 * 1024)]
    [InlineData(128 * 1024 + 1)]
    [InlineData(3_000_000)]
    public async Task Harmless_bytes_are_clean(int length) =>
        (await Engine.ScanAsync(Contents.Harmless(length))).ShouldBeOfType<Clean>();

    [Fact(Timeout = 60_000)]
    public async Task EICAR_is_infected() =>
        (await Engine.ScanAsync(EicarFile.Bytes())).ShouldBe(new Infected([Eicar.Signature]));

    [Fact(Timeout = 60_000)]
    public async Task EICAR_in_an_archive_is_infected() =>
        (await Engine.ScanAsync(Eicar.NestedZip)).ShouldBe(new Infected([Eicar.Signature]));

    [Fact(Timeout = 60_000)]
    public async Task An_encrypted_archive_is_unscannable() =>
        (await Engine.ScanAsync(Contents.EncryptedZip())).ShouldBe(new Unscannable(UnscannableReason.Encrypted));

    [Fact(Timeout = 60_000)]
    public async Task It_passes_the_self_test() => await SelfTest.RunAsync(Engine, Token);

    [Fact(Timeout = 60_000)]
    public async Task Many_at_once_each_get_their_own_answer()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            Engine.ScanAsync(i % 3 == 0 ? EicarFile.Bytes() : Contents.Harmless(100_000))));
        verdicts.Select(verdict => verdict is Infected).ShouldBe(Enumerable.Range(0, 40).Select(i => i % 3 == 0));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_says_which_version_it_is_and_how_old_its_definitions_are()
    {
        var info = await Engine.DescribeAsync(Token);
        info.Kind.ShouldBe("clamd");
        info.Version.ShouldStartWith("ClamAV 1.");
        info.DefinitionsVersion.ShouldNotBeNull().Length.ShouldBe(8);
        info.DefinitionsPublished.ShouldNotBeNull();
    }

    public static TheoryData<string> TestFiles =>
        new(Directory.EnumerateFiles(Definitions.TestFiles).Select(path => Path.GetFileName(path)));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(TestFiles))]
    public async Task Every_file_of_ClamAVs_own_is_found(string name) =>
        (await Engine.ScanAsync(await File.ReadAllBytesAsync(Path.Combine(Definitions.TestFiles, name), Token)))
            .ShouldBe(new Infected([Definitions.TestFileSignature]));
}
