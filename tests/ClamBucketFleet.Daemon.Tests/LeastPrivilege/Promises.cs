using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>What the product promises, each with all that the role has to allow for it. They are kept, or an assertion fails.</summary>
internal static class Promises
{
    private const string Key = "in/k";

    /// <summary>A key that objects are encrypted with.</summary>
    public const string ObjectKey = "arn:aws:kms:eu-west-1:123456789012:key/0bec7000-0000-0000-0000-000000000001";

    private static readonly byte[] Clean = Encoding.UTF8.GetBytes("clean\n");
    private static readonly byte[] Encrypted = Archive.EncryptedZip("secret.txt", Clean);

    public static async Task WorksOffTheQueue(Bench bench)
    {
        var bucket = await bench.BucketAsync();
        await bench.Aws.PutAsync(bucket, Key, Eicar.Bytes);
        await bench.RequestAsync(bucket, Key);

        var result = await bench.DrainAsync();

        result.ExitCode.ShouldBe(0, result.Error);
        (await bench.Aws.DepthAsync(bench.Queue)).ShouldBe(0, result.Error);
        (await bench.AlertsAsync()).ShouldContain(alert => alert.StartsWith("INFECTED ", StringComparison.Ordinal), result.Error);
    }

    public static async Task SkipsWhatIsGone(Bench bench)
    {
        await bench.RequestAsync(await bench.BucketAsync(), Key);

        var result = await bench.DrainAsync();

        (await bench.Aws.DepthAsync(bench.Queue)).ShouldBe(0, result.Error);
        (await bench.AlertsAsync()).ShouldBe([$"SKIPPED NONE {Key}"], result.Error);
    }

    /// <summary>What fails comes back after a second, not after the visibility timeout.</summary>
    public static async Task HandsBackWhatFails(Bench bench)
    {
        await bench.RequestAsync("a-bucket-of-somebody-else", Key);

        var result = await bench.RunAsync("run", "--drain", "--idle", "4s");

        result.Error.ShouldContain("delivery 2");
    }

    public static async Task PutsBackWhatAFailingEngineCalledClean(Bench bench)
    {
        await using var clamd = await ClamdServer.StartAsync(Cli.Stage.Cancellation);
        bench.Stage.With(clamd);
        var bucket = await bench.BucketAsync();
        await bench.Aws.PutAsync(bucket, Key, Clean);
        await using var daemon = new RunningDaemon(bench.Start("run"));
        await daemon.IsReadyAsync(Cli.Stage.Cancellation);
        await bench.RequestAsync(bucket, Key);
        await daemon.LogsAsync($"CLEAN {bucket}/{Key}", Cli.Stage.Cancellation);

        await clamd.KillAsync();
        File.Delete(Path.Combine(clamd.DatabaseDirectory, "Eicar-Test-Signature.ndb"));
        await clamd.RestartAsync(Cli.Stage.Cancellation);
        await bench.RequestAsync(bucket, Key);

        // Whatever comes of it is in the log: that they were put back, or that they could not be.
        var line = await daemon.LogsAsync("called clean", Cli.Stage.Cancellation);
        await daemon.KillAsync();
        line.ShouldEndWith("objects that it called clean since the last one are back on the queue.");
    }

    public static async Task ChecksWell(Bench bench)
    {
        var result = await bench.RunAsync("check");
        result.ExitCode.ShouldBe(0, result.Output);
    }

    public static async Task DeletesAnInfectedObject(Bench bench)
    {
        var bucket = await bench.BucketAsync();
        await bench.Aws.PutAsync(bucket, Key, Eicar.Bytes);

        var result = await bench.ApplyAsync(bucket, Key);

        (await bench.Aws.KeysAsync(bucket)).ShouldBeEmpty(result.Error);
        (await bench.AlertsAsync()).ShouldBe([$"INFECTED DELETE {Key}"], result.Error);
    }

    public static async Task DeletesAnInfectedVersion(Bench bench)
    {
        var bucket = await bench.BucketAsync(Bench.VersionStatus.Enabled);
        var infected = await bench.Aws.PutAsync(bucket, Key, Eicar.Bytes);
        var later = await bench.Aws.PutAsync(bucket, Key, Clean);

        var result = await bench.ApplyAsync(bucket, Key, infected);

        (await bench.VersionsAsync(bucket)).ShouldBe([later!], result.Error);
        (await bench.AlertsAsync()).ShouldBe([$"INFECTED DELETE {Key}"], result.Error);
    }

    public static async Task LeavesWhatIsToStay(Bench bench)
    {
        var bucket = await bench.BucketAsync();
        await bench.Aws.PutAsync(bucket, Key, Eicar.Bytes);

        var result = await bench.ApplyAsync(bucket, Key);

        (await bench.Aws.KeysAsync(bucket)).ShouldBe([Key]);
        (await bench.AlertsAsync()).ShouldBe([$"INFECTED NONE {Key}"], result.Error);
    }

    public static Task QuarantinesAnInfectedObject(Bench bench) =>
        QuarantinesAsync(bench, Eicar.Bytes, "INFECTED", versions: null);

    public static Task QuarantinesAnInfectedVersion(Bench bench) =>
        QuarantinesAsync(bench, Eicar.Bytes, "INFECTED", Bench.VersionStatus.Enabled);

    public static Task QuarantinesAnUnscannableObject(Bench bench) =>
        QuarantinesAsync(bench, Encrypted, "UNSCANNABLE", versions: null);

    public static async Task MovesACleanObject(Bench bench)
    {
        var bucket = await bench.BucketAsync();
        await bench.Aws.PutAsync(bucket, Key, Clean);

        var result = await bench.ApplyAsync(bucket, Key);

        (await bench.Aws.KeysAsync(bucket)).ShouldBeEmpty(result.Error);
        (await bench.Aws.KeysAsync(bench.CleanBucket)).ShouldBe([Key], result.Error);
        (await bench.TagsAsync(bench.CleanBucket, Key))["av-status"].ShouldBe("CLEAN");
    }

    public static Task TagsAnInfectedObject(Bench bench) => TagsAsync(bench, Eicar.Bytes, "INFECTED", versions: null);

    public static Task TagsAnInfectedVersion(Bench bench) =>
        TagsAsync(bench, Eicar.Bytes, "INFECTED", Bench.VersionStatus.Enabled);

    public static Task TagsACleanObject(Bench bench) => TagsAsync(bench, Clean, "CLEAN", versions: null);

    public static Task TagsAnUnscannableObject(Bench bench) => TagsAsync(bench, Encrypted, "UNSCANNABLE", versions: null);

    public static Task TakesTagsBackFromASuccessor(Bench bench) => TakesTagsBackAsync(bench, versions: null);

    public static Task TakesTagsBackFromASuccessorWhereVersioningIsSuspended(Bench bench) =>
        TakesTagsBackAsync(bench, Bench.VersionStatus.Suspended);

    public static Task TakesBackACopyInQuarantine(Bench bench) =>
        TakesCopyBackAsync(bench, bench.QuarantineBucket, Eicar.Bytes, Clean);

    public static Task TakesBackAMovedCopy(Bench bench) => TakesCopyBackAsync(bench, bench.CleanBucket, Clean, Eicar.Bytes);

    public static async Task TakesBackACopyInVersionedQuarantine(Bench bench)
    {
        await bench.SetVersioningAsync(bench.QuarantineBucket, Amazon.S3.VersionStatus.Enabled);
        await TakesBackACopyInQuarantine(bench);
    }

    public static async Task TakesBackAMovedCopyInAVersionedBucket(Bench bench)
    {
        await bench.SetVersioningAsync(bench.CleanBucket, Amazon.S3.VersionStatus.Enabled);
        await TakesBackAMovedCopy(bench);
    }

    public static async Task QuarantinesIntoAVersionedBucket(Bench bench)
    {
        await bench.SetVersioningAsync(bench.QuarantineBucket, Amazon.S3.VersionStatus.Enabled);
        await QuarantinesAnInfectedObject(bench);
    }

    public static async Task MovesIntoAVersionedBucket(Bench bench)
    {
        await bench.SetVersioningAsync(bench.CleanBucket, Amazon.S3.VersionStatus.Enabled);
        await MovesACleanObject(bench);
    }

    public static async Task QuarantinesAnEncryptedObject(Bench bench)
    {
        var bucket = await bench.BucketAsync();
        await bench.Aws.S3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket,
            Key = Key,
            InputStream = new MemoryStream(Eicar.Bytes),
            ServerSideEncryptionMethod = ServerSideEncryptionMethod.AWSKMS,
            ServerSideEncryptionKeyManagementServiceKeyId = ObjectKey,
        }, Cli.Stage.Cancellation);

        var result = await bench.ApplyAsync(bucket, Key);

        (await bench.Aws.KeysAsync(bucket)).ShouldBeEmpty(result.Error);
        (await bench.AlertsAsync()).ShouldBe([$"INFECTED QUARANTINE {Key}"], result.Error);
    }

    /// <summary>One instance fetches definitions for all: it publishes them, and another takes them from there.</summary>
    public static async Task MirrorsTheDefinitions(Bench bench)
    {
        await using var source = new DefinitionsServer();
        source.Put("extra.ndb", Encoding.ASCII.GetBytes($"Extra:0:*:{Convert.ToHexStringLower(Clean)}ff\n"));
        var freshclam = bench.Stage.Directory.Write("freshclam.conf", Encoding.ASCII.GetBytes(source.Configuration("extra.ndb")));
        foreach (var machine in new[] { "one", "two" })
        {
            var database = bench.Stage.Directory.CreateDirectory(machine);
            Definitions.WriteSignature(database, "Eicar-Test-Signature", Eicar.Bytes);
            bench.Stage[Settings.ScanDatabaseDirectory] = database;
            bench.Stage[Settings.ScanClamdAddress] = bench.Stage.Directory.Combine("no.sock");

            var result = await bench.RunAsync("definitions", "update", "--freshclam-config", freshclam);

            result.ExitCode.ShouldBe(0, result.Error);
            Directory.GetFiles(database).Select(Path.GetFileName).ShouldContain("extra.ndb", result.Output);
        }
        source.Requests.Count.ShouldBe(1);
    }

    private static async Task QuarantinesAsync(Bench bench, byte[] content, string status, Bench.VersionStatus? versions)
    {
        var (bucket, quarantine) = (await bench.BucketAsync(versions), bench.QuarantineBucket);
        var version = await bench.Aws.PutAsync(bucket, Key, content);

        var result = await bench.ApplyAsync(bucket, Key, version);

        (await bench.Aws.KeysAsync(bucket)).ShouldBeEmpty(result.Error);
        var copy = (await bench.Aws.KeysAsync(quarantine)).ShouldHaveSingleItem(result.Error);
        copy.ShouldEndWith($"{bucket}/{Key}");
        (await bench.TagsAsync(quarantine, copy))["av-status"].ShouldBe(status);
        (await bench.AlertsAsync()).ShouldBe([$"{status} QUARANTINE {Key}"], result.Error);
    }

    private static async Task TagsAsync(Bench bench, byte[] content, string status, Bench.VersionStatus? versions)
    {
        var bucket = await bench.BucketAsync(versions);
        var version = await bench.Aws.PutAsync(bucket, Key, content);

        var result = await bench.ApplyAsync(bucket, Key, version);

        (await bench.TagsAsync(bucket, Key, version)).GetValueOrDefault("av-status").ShouldBe(status, result.Error);
        (await bench.AlertsAsync()).ShouldBe([$"{status} TAG {Key}"], result.Error);
    }

    private static async Task TakesTagsBackAsync(Bench bench, Bench.VersionStatus? versions)
    {
        var bucket = await bench.BucketAsync(versions);
        await bench.Aws.PutAsync(bucket, Key, Eicar.Bytes);
        await using var proxy = new AwsProxy(bench.Moto);
        proxy.Before(request => request.IsTagging("PUT", bucket, Key), () => bench.Aws.PutAsync(bucket, Key, Clean));
        foreach (var variable in proxy.ForS3) bench.Stage.Set(variable);

        var result = await bench.ApplyAsync(bucket, Key);

        (await bench.TagsAsync(bucket, Key)).ShouldBeEmpty(result.Error);
        proxy.Requests.ShouldContain(request => request.IsTagging("PUT", bucket, Key), result.Error);
    }

    private static async Task TakesCopyBackAsync(Bench bench, string destination, byte[] content, byte[] successor)
    {
        var bucket = await bench.BucketAsync();
        await bench.Aws.PutAsync(bucket, Key, content);
        await using var proxy = new AwsProxy(bench.Moto);
        proxy.Before(request => request.IsCopy, () => bench.Aws.PutAsync(bucket, Key, successor));
        foreach (var variable in proxy.ForS3) bench.Stage.Set(variable);

        var result = await bench.ApplyAsync(bucket, Key);

        (await bench.Aws.KeysAsync(destination)).ShouldBeEmpty(result.Error);
        proxy.Requests.ShouldContain(request => request.IsCopy, result.Error);
    }
}
