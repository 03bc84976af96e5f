using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class EicarFileTests
{
    [Fact]
    public void It_is_the_EICAR_test_file() => EicarFile.Bytes().ShouldBe(Eicar.Bytes);

    [Fact]
    public void In_the_archive_it_cannot_be_seen_without_unpacking() =>
        EicarFile.Zip().AsSpan().IndexOf(EicarFile.Bytes().AsSpan(0, 16)).ShouldBe(-1);

    [Fact]
    public void The_program_does_not_contain_it() =>
        File.ReadAllBytes(typeof(EicarFile).Assembly.Location).AsSpan().IndexOf(EicarFile.Bytes().AsSpan(0, 16)).ShouldBe(-1);
}
