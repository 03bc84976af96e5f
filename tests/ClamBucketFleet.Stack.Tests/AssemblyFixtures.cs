using ClamBucketFleet.Stack.Tests;

[assembly: Xunit.AssemblyFixture(typeof(Account))]
