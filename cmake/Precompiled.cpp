// The owner of the precompiled header (Layers.cmake), and of what it declares to be compiled elsewhere.
template class nlohmann::basic_json<>;
template class std::vector<nlohmann::json>;
template class std::map<std::string, nlohmann::json>;
template class std::vector<std::string>;
