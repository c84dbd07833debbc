using Pikku.Akka.Cluster;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Which cluster a starting node joins, and when it forms a new one. The node under test is <c>a:1</c>, and it waits for 3 s.</summary>
public sealed class ClusterSearchSpec
{
    private const string Self = "a:1";

    [Fact]
    public void A_node_without_seeds_forms_a_cluster_at_once()
    {
        Assert.Same(ClusterChoice.Form, Search([]).Decide(0));
        Assert.Same(ClusterChoice.Form, Search([Self]).Decide(0));
        Assert.Same(ClusterChoice.Form, Search([Self], [Self]).Decide(0));
    }

    [Fact]
    public void The_first_seed_waits_for_the_other_seeds_before_it_forms_a_cluster()
    {
        var search = Search([Self, "b:1"]);
        Assert.Equal(["b:1"], search.Contacts);
        Assert.Same(ClusterChoice.Wait, search.Decide(2999));
        Assert.Null(search.Problem(2999, null));
        Assert.Same(ClusterChoice.Form, search.Decide(3000));
    }

    [Fact]
    public void The_first_seed_forms_a_cluster_as_soon_as_all_other_seeds_have_none()
    {
        var search = Search([Self, "b:1", "c:1"]);
        search.Answered("b:1", [], 100);
        Assert.Same(ClusterChoice.Wait, search.Decide(100));
        search.Answered("c:1", [], 200);
        Assert.Same(ClusterChoice.Form, search.Decide(200));
    }

    [Fact]
    public void A_cluster_that_answers_is_joined_whoever_answers()
    {
        var search = Search([Self, "b:1"], ["a:1", "c:1"]);
        search.Answered("b:1", [], 100);
        search.Answered("c:1", ["c:1", "d:1"], 100);
        Assert.Equal(["c:1"], search.Decide(100).Nodes);
        search.Answered("d:1", ["c:1", "d:1"], 200);
        Assert.Equal(["c:1", "d:1"], search.Decide(200).Nodes);
        Assert.False(search.Decide(200).FormsCluster);
    }

    [Fact]
    public void Of_two_clusters_the_larger_one_is_joined()
    {
        var search = Search(["b:1", "c:1"]);
        search.Answered("b:1", ["b:1"], 100);
        search.Answered("c:1", ["c:1", "d:1"], 100);
        Assert.Equal(["c:1"], search.Decide(100).Nodes);
    }

    [Fact]
    public void An_answer_that_is_older_than_the_wait_does_not_count()
    {
        var search = Search(["b:1", Self]);
        search.Answered("b:1", ["b:1"], 100);
        Assert.Equal(["b:1"], search.Decide(3100).Nodes);
        Assert.Same(ClusterChoice.Wait, search.Decide(3101));
    }

    [Fact]
    public void Only_the_first_seed_forms_a_cluster()
    {
        foreach (var search in new[] { Search(["b:1", Self]), Search(["b:1"]) })
        {
            search.Answered("b:1", [], 100);
            Assert.Same(ClusterChoice.Wait, search.Decide(60_000));
            Assert.Contains("b:1", search.Problem(60_000, null), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_member_that_sends_messages_by_itself_is_asked()
    {
        var search = Search([Self, "b:1"]);
        search.Heard("c:1", 0);
        search.Heard(Self, 0);
        Assert.Equal(["b:1", "c:1"], search.Contacts.Order());
    }

    [Fact]
    public void A_node_that_was_a_member_forms_no_cluster_while_the_others_do_not_answer_and_says_why()
    {
        var search = Search([], [Self, "b:1", "c:1"]);
        Assert.Same(ClusterChoice.Wait, search.Decide(600_000));
        Assert.Equal(
            "The node was a member of a cluster with b:1, c:1, and does not form a second one while these nodes do not answer: b:1, c:1. "
            + "Check the network and start these nodes. If they are gone for good, delete /state/members.txt and restart this node.",
            search.Problem(600_000, "/state/members.txt"));
    }

    [Fact]
    public void It_forms_a_cluster_when_a_majority_of_the_former_members_has_none()
    {
        var three = Search([], [Self, "b:1", "c:1"]);
        three.Answered("b:1", [], 600_000);
        Assert.Same(ClusterChoice.Form, three.Decide(600_000));

        var two = Search([], [Self, "b:1"]);
        Assert.Same(ClusterChoice.Wait, two.Decide(600_000));
        two.Answered("b:1", [], 600_000);
        Assert.Same(ClusterChoice.Form, two.Decide(600_000));

        var four = Search([], [Self, "b:1", "c:1", "d:1"]);
        four.Answered("b:1", [], 600_000);
        Assert.Same(ClusterChoice.Wait, four.Decide(600_000));
    }

    [Fact]
    public void Of_the_nodes_that_are_discovered_the_one_with_the_lowest_name_forms_a_cluster_once_all_have_answered_and_the_list_is_stable()
    {
        var search = Discovering();
        Assert.Same(ClusterChoice.Wait, search.Decide(60_000));
        search.Found(["c:1", Self, "b:1"], 60_000);
        Assert.Equal(["b:1", "c:1"], search.Contacts.Order());
        search.Answered("b:1", [], 64_000);
        Assert.Same(ClusterChoice.Wait, search.Decide(65_000));
        search.Answered("c:1", [], 64_000);
        Assert.Same(ClusterChoice.Wait, search.Decide(64_999));
        Assert.Same(ClusterChoice.Form, search.Decide(65_000));
        // One that has gone does not count, and the list has changed.
        search.Found([Self, "b:1"], 65_000);
        search.Answered("b:1", [], 69_000);
        Assert.Same(ClusterChoice.Wait, search.Decide(69_999));
        Assert.Same(ClusterChoice.Form, search.Decide(70_000));
    }

    [Fact]
    public void A_discovered_node_forms_no_cluster_if_too_few_are_found_or_if_it_is_not_found_itself_and_says_why()
    {
        var alone = Discovering();
        alone.Found([Self], 0);
        Assert.Same(ClusterChoice.Wait, alone.Decide(60_000));
        Assert.Null(alone.Problem(15_999, null));
        Assert.Contains("1 nodes were found (a:1)", alone.Problem(16_000, null), StringComparison.Ordinal);

        var unseen = Discovering();
        unseen.Found(["b:1", "c:1"], 0);
        unseen.Answered("b:1", [], 60_000);
        unseen.Answered("c:1", [], 60_000);
        Assert.Same(ClusterChoice.Wait, unseen.Decide(60_000));
        Assert.Contains("this node, a:1, is not among the nodes that were found (b:1, c:1)", unseen.Problem(60_000, null), StringComparison.Ordinal);
        unseen.NotFound("the API server answered 500.");
        Assert.EndsWith("the discovery of nodes fails: the API server answered 500.", unseen.Problem(60_000, null), StringComparison.Ordinal);

        var silent = Discovering();
        silent.Found([Self, "b:1"], 0);
        Assert.Contains("b:1 did not answer", silent.Problem(60_000, null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_discovered_node_forms_no_cluster_while_it_hears_of_a_node_with_a_lower_name_that_may_form_one()
    {
        var search = Discovering();
        search.Found([Self, "b:1"], 0);
        search.Answered("b:1", [], 10_000);
        search.Heard("A:1", 9_000); // before "a:1" in ordinal order; its own list has it already
        Assert.Contains("A:1", search.Contacts);
        Assert.Same(ClusterChoice.Wait, search.Decide(12_000));
        search.Answered("A:1", [], 12_000);
        search.Answered("b:1", [], 13_000);
        Assert.Same(ClusterChoice.Wait, search.Decide(15_000));
        Assert.Same(ClusterChoice.Form, search.Decide(15_001)); // it is gone
    }

    [Fact]
    public void A_discovered_node_joins_a_cluster_that_answers_however_few_nodes_are_found()
    {
        var search = Discovering();
        search.Found([Self, "b:1", "c:1"], 0);
        search.Answered("c:1", ["c:1"], 100);
        Assert.Equal(["c:1"], search.Decide(100).Nodes);
    }

    private static ClusterSearch Discovering() => new(
        Self, [], [], TimeSpan.FromSeconds(3), 0, Pikku.Akka.Settings.SettingsLoader.Read(Pikku.Akka.Settings.SettingsLoader.Load(null, [])).Cluster.Discovery);

    private static ClusterSearch Search(string[] seeds, string[]? remembered = null) => new(Self, seeds, remembered ?? [], TimeSpan.FromSeconds(3), 0);
}
