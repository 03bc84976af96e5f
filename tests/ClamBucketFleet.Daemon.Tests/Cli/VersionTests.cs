using System.Text;
using System.Text.Json;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

public sealed class VersionTests(ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;
    private const string Program = "^clambucketfleet [0-9]+\\.[0-9]+\\.[0-9]+[^ ]*\n";

    private readonly Stage _stage = new Stage().With(clamd.Server);

    public void Dispose() => _stage.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Program_engine_and_definitions_have_a_line_each()
    {
        var result = await _stage.RunAsync("version");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldMatch(
            Program + "engine          ClamAV [0-9.]+ \\(clamd\\)\ndefinitions     [0-9a-f]+ of [0-9-]+ [0-9:]+ UTC\n$");
        result.Error.ShouldBeEmpty();
    }

    [Theory(Timeout = Limit)]
    [InlineData("auto")]
    [InlineData("clamd")]
    public async Task Where_clamd_answers_no_clamscan_is_started(string engine)
    {
        var started = _stage.Directory.Combine("started");
        _stage[Settings.ScanEngine] = engine;
        var clamscan = _stage.Directory.Write("clamscan", Encoding.UTF8.GetBytes($"#!/bin/sh\ntouch '{started}'\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(clamscan, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _stage[Settings.ScanClamscanPath] = clamscan;

        var result = await _stage.RunAsync("version");

        result.Output.ShouldContain("(clamd)");
        File.Exists(started).ShouldBeFalse();
    }

    [Fact(Timeout = Limit)]
    public async Task Programs_get_one_document()
    {
        var result = await _stage.RunAsync("version", "--json");

        result.ExitCode.ShouldBe(0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("program").GetString().ShouldNotBeNullOrEmpty();
        json.RootElement.GetProperty("engine").GetString()!.ShouldStartWith("ClamAV ");
        json.RootElement.GetProperty("engineKind").GetString().ShouldBe("clamd");
        json.RootElement.GetProperty("definitions").GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        json.RootElement.GetProperty("definitions").GetProperty("published").GetString()!.ShouldEndWith("Z");
    }

    [Fact(Timeout = Limit)]
    public async Task The_option_prints_the_first_line()
    {
        var result = await _stage.RunAsync("--version");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldMatch(Program + "$");
    }

    [Theory(Timeout = Limit)]
    [InlineData("clamd")]
    [InlineData("clamscan")]
    [InlineData("auto")]
    public async Task Without_an_engine_the_program_is_still_named(string engine)
    {
        _stage[Settings.ScanEngine] = engine;
        _stage[Settings.ScanClamdAddress] = _stage.Directory.Combine("no.sock");
        _stage[Settings.ScanClamscanPath] = _stage.Directory.Combine("no-clamscan");

        var text = await _stage.RunAsync("version");
        var document = await _stage.RunAsync("version", "--json");

        text.ExitCode.ShouldBe(0, text.Error);
        text.Output.ShouldMatch(Program + "$");
        text.Error.ShouldContain("clambucketfleet: no engine: ");
        document.ExitCode.ShouldBe(0);
        using var json = JsonDocument.Parse(document.Output);
        json.RootElement.GetProperty("engine").ValueKind.ShouldBe(JsonValueKind.Null);
    }
}
