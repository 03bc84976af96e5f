using ClamBucketFleet.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(MotoFixture))]
[assembly: AssemblyFixture(typeof(ClamdFixture))]
[assembly: AssemblyFixture(typeof(WholeMotoFixture))]
