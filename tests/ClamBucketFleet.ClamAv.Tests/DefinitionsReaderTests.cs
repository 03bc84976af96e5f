using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class DefinitionsReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingLogger<DefinitionsReader> _log = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Signed_definitions_are_as_old_as_dailys_header_says()
    {
        Signed("main.cvd", "16 Sep 2021 08-32 -0400", 62);
        Signed("daily.cld", "20 Nov 2026 09-00 +0100", 27800);
        Signed("bytecode.cvd", "21 Nov 2026 09-00 +0000", 339);
        _directory.Write("own.ndb", "x"u8);
        var read = Read().ShouldNotBeNull();
        read.Version.ShouldBe("27800");
        read.Published.ShouldBe(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Without_daily_the_newest_signed_one_counts()
    {
        Signed("main.cvd", "16 Sep 2021 08-32 -0400", 62);
        Signed("bytecode.cvd", "1 Nov 2026 09-00 +0000", 339);
        Read().ShouldNotBeNull().Version.ShouldBe("339");
    }

    [Fact]
    public void The_programs_own_signatures_are_no_definitions()
    {
        _directory.Write("clambucketfleet.ldb", "x"u8);
        _directory.Write("clambucketfleet-rar.ldb", "x"u8);
        Read().ShouldBeNull();
    }

    [Fact]
    public void Unsigned_definitions_are_as_old_as_the_newest_file()
    {
        File.SetLastWriteTimeUtc(_directory.Write("a.ndb", "x"u8), new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_directory.Write("b.hdb", "x"u8), new DateTime(2026, 11, 2, 0, 0, 0, DateTimeKind.Utc));
        _directory.Write("freshclam.dat", "x"u8);
        var read = Read().ShouldNotBeNull();
        read.Published.ShouldBe(new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero));
        read.Version.ShouldBe(read.Fingerprint);
        read.Version.Length.ShouldBe(8);
        _directory.Write("a.ndb", "xy"u8);
        Read().ShouldNotBeNull().Version.ShouldNotBe(read.Version);
    }

    [Fact]
    public void A_link_is_as_old_as_the_file_that_it_leads_to()
    {
        var set = Directory.CreateDirectory(_directory.Combine("set")).FullName;
        var file = _directory.Write("set/a.ndb", "x"u8);
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        var direct = new DefinitionsReader(set, _log).Read().ShouldNotBeNull();
        Directory.CreateSymbolicLink(_directory.Combine("current"), "set");
        File.CreateSymbolicLink(_directory.Combine("a.ndb"), "current/a.ndb");
        File.CreateSymbolicLink(_directory.Combine("gone.ndb"), "current/gone.ndb");

        Read().ShouldBe(direct);
        direct.Published.ShouldBe(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void The_products_own_signatures_are_no_definitions()
    {
        _directory.Write("clambucketfleet.ldb", "x"u8);
        _directory.Write("clambucketfleet-rar.ldb", "x"u8);
        Read().ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("ClamAV-VDB")]
    [InlineData("ClamAV-VDB:yesterday:27800:")]
    [InlineData("ClamAV-VDB:21 Nov 2026 09-00 +0000:-5:")]
    public void A_corrupt_header_counts_for_nothing_and_is_logged(string header)
    {
        _directory.Write("daily.cvd", Encoding.ASCII.GetBytes(header.PadRight(600)));
        Read().ShouldBeNull();
        _log.Lines.ShouldHaveSingleItem().ShouldContain("daily.cvd");
    }

    [Fact]
    public void A_header_that_was_cut_off_counts_for_nothing()
    {
        _directory.Write("daily.cvd", "ClamAV-VDB:21 Nov 2026 09-00 +0000:27800:1:90:x:y:z:1"u8);
        Read().ShouldBeNull();
    }

    [Fact]
    public void An_empty_directory_holds_none() => Read().ShouldBeNull();

    [Fact]
    public void A_missing_directory_holds_none_and_is_logged()
    {
        new DefinitionsReader("/nowhere", _log).Read().ShouldBeNull();
        _log.Lines.ShouldHaveSingleItem();
    }

    [Fact]
    public void The_reply_of_clamd_is_taken_apart()
    {
        var version = ClamdVersion.Parse("ClamAV 1.4.6/27800/Sat Nov 21 09:00:00 2026");
        version.ShouldBe(new ClamdVersion("ClamAV 1.4.6", "27800", "Sat Nov 21 09:00:00 2026"));
        version.Published(TimeZoneInfo.Utc).ShouldBe(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        ClamdVersion.Parse("ClamAV 1.4.6/27800/Sun Nov  1 09:00:00 2026").Published(TimeZoneInfo.Utc)
            .ShouldBe(new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero));
        ClamdVersion.Parse("ClamAV 1.4.6").ShouldBe(new ClamdVersion("ClamAV 1.4.6", null, null));
    }

    private InstalledDefinitions? Read() => new DefinitionsReader(_directory.Path, _log).Read();

    private void Signed(string name, string time, int version) =>
        _directory.Write(name, Encoding.ASCII.GetBytes($"ClamAV-VDB:{time}:{version}:2077:90:md5:sig:builder:1".PadRight(512) + "rest"));
}
