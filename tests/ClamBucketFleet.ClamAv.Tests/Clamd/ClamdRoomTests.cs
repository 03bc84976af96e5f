using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamdRoomTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_file_system_tells_its_room()
    {
        using var directory = new TemporaryDirectory();
        var room = FileSystemRoom.Of(directory.Path);
        room.IsReadOnly.ShouldBeFalse();
        var free = new DriveInfo(directory.Path).AvailableFreeSpace;
        ((double)room.Bytes).ShouldBe(free, 0.1 * free);
        Should.Throw<IOException>(() => FileSystemRoom.Of("/nowhere/at/all")).Message.ShouldContain("/nowhere");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_small_file_system_is_measured_in_bytes_and_inodes()
    {
        Mount.SkipUnlessPossible();
        using var directory = new TemporaryDirectory();
        await using var small = await Mount.TmpfsAsync(directory.Path, "size=20m,nr_inodes=5", Token);
        var room = FileSystemRoom.Of(directory.Path);
        (room.Bytes, room.Files).ShouldBe((20L << 20, 4L));
        room.Shortage.ShouldNotBeNull().ShouldContain("inodes");
        small.Fill();
        FileSystemRoom.Of(directory.Path).Shortage.ShouldNotBeNull().ShouldContain("bytes");
        await small.MakeReadOnlyAsync(Token);
        FileSystemRoom.Of(directory.Path).Shortage.ShouldBe("it is read-only");
    }

    [Fact]
    public void Where_inodes_are_made_as_they_are_needed_only_bytes_count() =>
        new FileSystemRoom(1L << 30, null, false).Shortage.ShouldBeNull();

    [Fact(Timeout = 60_000)]
    public async Task The_temporary_directory_of_a_clamd_on_a_Unix_socket_is_found()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        ClamdProcess.TemporaryDirectory(clamd.Pid).ShouldBe($"/proc/{clamd.Pid}/root{clamd.TemporaryDirectory}");
    }

    [Fact(Timeout = 60_000)]
    public async Task With_little_room_nothing_is_clean_and_what_is_found_is_found()
    {
        Mount.SkipUnlessPossible();
        await using var clamd = await ClamdServer.StartAsync(Token);
        var engine = Engines.Clamd(clamd);
        await using (await Mount.TmpfsAsync(clamd.TemporaryDirectory, "size=1m", Token))
        {
            (await Should.ThrowAsync<ScannerUnavailableException>(engine.ScanAsync(Contents.Harmless())))
                .Message.ShouldContain("TemporaryDirectory");
            (await engine.ScanAsync(Eicar.Zip)).ShouldBeOfType<Infected>();
        }

        (await engine.ScanAsync(Contents.Harmless())).ShouldBeOfType<Clean>();
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_it_cannot_be_watched_that_is_said_once()
    {
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { Tcp = true }, Token);
        var log = new RecordingLogger<ClamdEngine>();
        await using var engine = new ClamdEngine(
            Engines.Client(clamd), confirmClean: true, Engines.Reader(clamd.DatabaseDirectory), TimeProvider.System, log);
        for (var i = 0; i < 3; i++)
            (await engine.ScanAsync(Contents.Harmless())).ShouldBeOfType<Clean>();
        log.Lines.ShouldHaveSingleItem().ShouldContain("another machine");
    }

    [Theory]
    [InlineData("/etc/clamav/clamd.conf", "clamd", "--foreground=true")]
    [InlineData("/a", "clamd", "--config-file=/a")]
    [InlineData("/a", "clamd", "--config-file", "/a", "--foreground")]
    [InlineData("/a", "clamd", "-c", "/a")]
    [InlineData("/a", "clamd", "-F", "-c/a")]
    public void The_configuration_file_is_read_from_the_command_line(string file, params string[] line) =>
        ClamdProcess.ConfigurationFile(line).ShouldBe(file);

    [Theory]
    [InlineData("/run/clamav/clamd.ctl", "/var/lib/clamav/tmp")]
    [InlineData("/run/other.ctl", null)]
    public void A_configuration_tells_it_of_the_clamd_on_the_socket_that_it_names(string socket, string? directory) =>
        ClamdProcess.TemporaryDirectory(socket, Repository.Combine("packaging", "clamd.conf")).ShouldBe(directory);

    [Theory]
    [InlineData("TemporaryDirectory /var/tmp", "/var/tmp")]
    [InlineData("  TemporaryDirectory\t\"/with space\" ", "/with space")]
    [InlineData("#TemporaryDirectory /var/tmp", null)]
    [InlineData("DatabaseDirectory /var/tmp", null)]
    public void The_line_about_it_is_read(string line, string? directory) => ClamdProcess.TemporaryDirectoryIn(line).ShouldBe(directory);
}
