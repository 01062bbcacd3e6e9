#!/usr/bin/env escript
%%! +fnu
%% escript echo.escript HOST PORT QUESTION... asks each question and prints its answer.
%% Exit status: 0; 64 after wrong usage; or 1 with the reason on standard error.

main([Host, Port | Questions]) ->
    io:setopts([{encoding, unicode}]),
    Options = [binary, {packet, 4}, {packet_size, 65536}, {active, false}, {show_econnreset, true}],
    case gen_tcp:connect(Host, list_to_integer(Port), Options) of
        {ok, Socket} -> [say(Socket, question, [1, unicode:characters_to_binary(Text)]) || Text <- Questions],
                        say(Socket, exit, [3]);
        {error, Reason} -> stop(Reason)
    end;
main(_) ->
    io:format(standard_error, "usage: escript echo.escript HOST PORT QUESTION...~n", []),
    halt(64).

say(Socket, Said, Frame) -> gen_tcp:send(Socket, Frame), next(Socket, Said).

next(Socket, Said) ->
    case {Said, gen_tcp:recv(Socket, 0, case Said of exit -> 5000; question -> infinity end)} of
        {_, {ok, <<5, _/binary>>}} -> next(Socket, Said); % padding
        {question, {ok, <<2, Answer/binary>>}} -> io:format("~ts~n", [visible(unicode:characters_to_list(Answer))]);
        {exit, {error, closed}} -> gen_tcp:close(Socket); % second, after the server
        {_, Other} -> stop(Other)
    end.

visible(Text) when is_list(Text) -> [shown(C) || C <- Text];
visible(NotUTF8) -> stop(NotUTF8).

shown(C) -> if C < 32; C >= 127, C < 160 -> io_lib:format("\\x~2.16.0b", [C]); true -> C end.

stop(Reason) -> io:format(standard_error, "~w~n", [Reason]), halt(1).
