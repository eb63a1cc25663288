from profiles.contract.spelling import options


def test_the_name_most_like_the_given_one_is_proposed_and_all_are_listed():
    assert options("integral_circel", ("comptel_window", "integral_circle")) == (
        "; did you mean 'integral_circle'? known: comptel_window, integral_circle"
    )


def test_a_name_of_two_letters_is_found_although_half_of_it_is_wrong():
    assert options("H1", ("HI", "stars")) == "; did you mean 'HI'? known: HI, stars"


def test_a_name_like_none_gets_the_list_alone_under_its_label():
    assert options("qqq", ("nfw", "burkert"), "installed") == "; installed: nfw, burkert"


def test_a_list_too_long_for_a_message_is_cut_to_the_nearest_three_with_where_to_find_all():
    known = [f"profile_number_{number}" for number in range(60)]
    said = options("profile_numbr_7", known, "installed", "`skymodel profiles`")
    assert said.startswith("; did you mean 'profile_number_7'? installed: profile_number_7, ")
    assert said.endswith(" and 57 more (`skymodel profiles` lists all)")
    assert len(said) < 300
