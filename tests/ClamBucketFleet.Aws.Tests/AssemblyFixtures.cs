using ClamBucketFleet.TestKit;

[assembly: Xunit.AssemblyFixture(typeof(MotoFixture))]
